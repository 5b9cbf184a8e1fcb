/** What the HTTP half of the API server works with. */
import type { SandboxRequest, SandboxResponse } from '../../../kit/http-server.ts';
import type { PodRuntime } from '../../nodes/types.ts';
import type { Core } from '../core.ts';
import { noSuchResource } from '../errors.ts';
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

/** A group that the server has answers for whatever is below it; what no group answers for is no page at all. */
export function notServed(core: Core, group: string): SandboxResponse {
  if (core.registry.all().some((info) => info.group === group)) throw noSuchResource();
  return pageNotFound();
}

/** Go's own answer for a path that nobody serves. */
export function pageNotFound(): SandboxResponse {
  return { status: 404, body: '404 page not found\n', headers: { 'content-type': 'text/plain; charset=utf-8' } };
}
