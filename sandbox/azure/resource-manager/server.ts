/** Azure Resource Manager: from a request to a route, by way of authentication, existence and RBAC. */
import { randomUUID } from 'node:crypto';
import type { ClustersForAzure, TokenAuthority } from '../../contracts.ts';
import { notImitated, type Handler, type SandboxRequest, type SandboxResponse } from '../../kit/http-server.ts';
import { sameText } from '../state/resource-id.ts';
import type { World } from '../state/world.ts';
import { isSupported } from './api-versions.ts';
import { authenticate, requireTenant } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { armErrors, type Caller } from './errors.ts';
import { ArmRefusal } from './refusal.ts';
import type { Call, Route } from './route.ts';
import { matchRoutes } from './match.ts';
import { inPages } from './pages.ts';
import { routes } from './routes.ts';
import type { Throttle } from './throttle.ts';

export interface ResourceManagerOptions {
  readonly world: World;
  readonly tokens: TokenAuthority;
  readonly clusters: ClustersForAzure;
  /** Served without authentication at `GET /_sandbox/state`. */
  readonly snapshot: () => unknown;
  readonly throttle: Throttle;
  /** The most that a page of any list holds. Default: what the service gives. */
  readonly pageSize?: number | undefined;
}

export function createResourceManager(options: ResourceManagerOptions): Handler {
  return async (request) => {
    if (request.url.pathname === '/_sandbox/state') return { status: 200, body: options.snapshot() };
    const response = await refusable(() => admit(options, request));
    return { ...response, headers: { ...commonHeaders(request), ...response.headers } };
  };
}

async function refusable(answer: () => Promise<SandboxResponse>): Promise<SandboxResponse> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof ArmRefusal) return error.response();
    throw error;
  }
}

/** Who is known has a share of what Resource Manager serves; a refusal that comes after that costs as much as a success. */
async function admit(options: ResourceManagerOptions, request: SandboxRequest): Promise<SandboxResponse> {
  const path = decodeURIComponent(request.url.pathname)
    .replaceAll(/\/{2,}/g, '/')
    .replace(/\/$/, '');
  const version = versionOf(request.url.searchParams);
  if (version === undefined) throw armErrors.missingApiVersion();
  const caller = await callerOf(options, request, path);
  const remaining = options.throttle({ method: request.method, caller, path });
  const response = await refusable(() => answer(options, { request, path, version, caller }));
  return { ...response, headers: { ...remaining, ...response.headers } };
}

interface Admitted {
  readonly request: SandboxRequest;
  readonly path: string;
  readonly version: string;
  readonly caller: Caller;
}

async function answer(options: ResourceManagerOptions, admitted: Admitted): Promise<SandboxResponse> {
  const { world, clusters } = options;
  const { request, path, version, caller } = admitted;
  const { route, params } = find(request.method, path);
  if (!route) return notImitated(`${request.method} ${path}`, 'sandbox/azure/resource-manager/routes.ts');
  if (!isSupported(version, route.versions)) throw armErrors.invalidApiVersion(version, route.versions.named);
  const call: Call = {
    world,
    clusters,
    caller,
    params,
    query: request.url.searchParams,
    headers: plainHeaders(request),
    version,
    path,
    body: bodyOf(request),
    ...addresses(request, version),
  };
  if (route.action !== undefined) authorize(call, route.action, route.scope?.(params, path) ?? path);
  requireGroup(world, path);
  const size = Math.min(route.pageSize ?? Infinity, options.pageSize ?? Infinity);
  const response = await route.handle(call);
  return route.method === 'GET' ? inPages(call, response, size) : response;
}

/** The challenge of a refusal names the tenant of the path's subscription. */
async function callerOf(
  { world, tokens }: ResourceManagerOptions,
  request: SandboxRequest,
  path: string,
): Promise<Caller> {
  const id = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1];
  const subscription = world.subscriptions.find((candidate) => sameText(candidate.id, id ?? ''));
  const caller = await authenticate(request, { tokens, cloud: world.cloud }, subscription?.tenantId ?? '');
  if (id !== undefined && !subscription) throw armErrors.subscriptionNotFound(id);
  if (subscription) requireTenant(caller, subscription, world.cloud);
  return caller;
}

function find(method: string, path: string): { route: Route | undefined; params: Readonly<Record<string, string>> } {
  const matches = matchRoutes(routes, path);
  const found = matches.find(({ route }) => route.method === method);
  if (found) return found;
  // Methods that the real service has, too, are among the routes; what remains is its own refusal.
  if (matches.length > 0) throw armErrors.methodNotAllowed(method);
  return { route: undefined, params: {} };
}

function requireGroup(world: World, path: string): void {
  const [, subscriptionId = '', name] = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)/i.exec(path) ?? [];
  if (name === undefined) return;
  const known = world.groups.some(
    (group) => sameText(group.subscriptionId, subscriptionId) && sameText(group.name, name),
  );
  if (!known) throw armErrors.groupNotFound(name);
}

function plainHeaders({ headers }: SandboxRequest): Call['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}

function versionOf(query: URLSearchParams): string | undefined {
  return [...query].find(([name]) => sameText(name, 'api-version'))?.[1];
}

function bodyOf(request: SandboxRequest): unknown {
  const text = request.body.toString();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw armErrors.invalidBody(`The request content was invalid and could not be deserialized: '${String(error)}'.`);
  }
}

function addresses({ url, socket }: SandboxRequest, version: string): Pick<Call, 'link' | 'address'> {
  const here = new URL(url);
  here.protocol = 'encrypted' in socket ? 'https:' : 'http:';
  return {
    link: (query) => {
      const next = new URL(here);
      for (const [name, value] of Object.entries(query)) next.searchParams.set(name, value);
      return next.href;
    },
    address: (path, other = version) => {
      const address = new URL(path, here);
      address.searchParams.set('api-version', other);
      return address.href;
    },
  };
}

function commonHeaders(request: SandboxRequest): Record<string, string> {
  const id = randomUUID();
  const { 'x-ms-correlation-request-id': correlation, 'x-ms-client-request-id': client } = request.headers;
  return {
    'cache-control': 'no-cache',
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': typeof correlation === 'string' ? correlation : id,
    'x-ms-routing-request-id': `WESTEUROPE:${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}:${id}`,
    ...(typeof client === 'string' ? { 'x-ms-client-request-id': client } : {}),
  };
}
