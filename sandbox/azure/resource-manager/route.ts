/** The routes of Azure Resource Manager as data: path, api-versions, the action that RBAC decides, behaviour. */
import type { ClustersForAzure } from '../../contracts.ts';
import type { SandboxResponse } from '../../kit/http-server.ts';
import type { World } from '../state/world.ts';
import type { Caller } from './errors.ts';

export interface Call {
  readonly world: World;
  readonly clusters: ClustersForAzure;
  readonly caller: Caller;
  /** Values of the path's `{names}`, as sent. `{scope}` is a whole scope, empty for the tenant. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The api-version that was asked, as sent. */
  readonly version: string;
  /** The path as sent, without double and trailing slashes. */
  readonly path: string;
  /** Parsed JSON; undefined where nothing was sent. */
  readonly body: unknown;
  /** The address of the next page. */
  link(query: Readonly<Record<string, string>>): string;
  /** The address of another path under the name and with the api-version that were asked, or another one: of an operation, say. */
  address(path: string, version?: string): string;
}

export interface Route {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** Segments in any letter case; `{name}` is one segment, `{scope}` any number of them. */
  readonly pattern: string;
  readonly versions: ApiVersions;
  /** Undefined: decided by the route itself, or open to every authenticated caller. */
  readonly action?: string;
  /** What RBAC decides about; the path as sent where it is left out. */
  readonly scope?: (params: Readonly<Record<string, string>>, path: string) => string;
  /** The most that a page of its list holds. */
  readonly pageSize?: number;
  readonly handle: (call: Call) => SandboxResponse | Promise<SandboxResponse>;
}

/** Every stable or preview version from `first` to `last` is accepted; refusals name `named`. */
export interface ApiVersions {
  readonly first: string;
  readonly last: string;
  /** Newest first. */
  readonly named: readonly string[];
}

/** What a path says of the value behind a name; routes only ask for names of their own pattern. */
export function param({ params }: Pick<Call, 'params'>, name: string): string {
  return params[name] ?? '';
}

export function ok(body: unknown, status = 200): SandboxResponse {
  return { status, body };
}
