/** What the HTTP half of the API server works with. */
import type { SandboxRequest, SandboxResponse } from '../../../kit/http-server.ts';
import type { PodRuntime } from '../../nodes/types.ts';
import type { Core } from '../core.ts';
import type { User } from '../rbac.ts';
import type { ServiceAccountTokens } from './tokens.ts';

export interface ServerContext {
  readonly core: Core;
  readonly tokens: ServiceAccountTokens;
  /** Whose token of Microsoft Entra it is; only of clusters that sign in with it. */
  readonly entraUser?: ((token: string) => Promise<User | undefined>) | undefined;
  /** Exec and logs; undefined until the nodes run. */
  runtime(): PodRuntime | undefined;
}

/** An authenticated request. */
export interface Call {
  readonly context: ServerContext;
  readonly request: SandboxRequest;
  readonly user: User;
  readonly query: URLSearchParams;
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): SandboxResponse {
  return {
    status,
    body,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private', ...headers },
  };
}

/** Go's own answer for a path that nobody serves. */
export function pageNotFound(): SandboxResponse {
  return { status: 404, body: '404 page not found\n', headers: { 'content-type': 'text/plain; charset=utf-8' } };
}
