/**
 * Microsoft Graph v1.0 as far as az asks it: service principals by name, and directory objects by id. Sources: Graph's
 * documentation of the two operations, and what az 2.91 sends.
 */
import { randomUUID } from 'node:crypto';
import type { TokenAuthority } from '../../contracts.ts';
import { notImitated, type Handler, type SandboxRequest, type SandboxResponse } from '../../kit/http-server.ts';
import type { Principal } from '../state/principals.ts';
import { sameText } from '../state/resource-id.ts';
import type { World } from '../state/world.ts';
import { authenticate } from './authenticate.ts';
import { servicePrincipalBody } from './bodies.ts';
import { principalFilter } from './filter.ts';
import { graphErrors, GraphRefusal } from './refusal.ts';

export interface GraphOptions {
  readonly world: World;
  readonly tokens: TokenAuthority;
}

export function createGraph(options: GraphOptions): Handler {
  return async (request) => {
    const response = await answered(options, request);
    return { ...response, headers: { ...commonHeaders(request), ...response.headers } };
  };
}

async function answered({ world, tokens }: GraphOptions, request: SandboxRequest): Promise<SandboxResponse> {
  try {
    const { tenantId } = await authenticate(request, world, tokens);
    const principals = world.principals.filter((principal) => principal.tenantId === tenantId);
    return answer(request, principals);
  } catch (error) {
    if (error instanceof GraphRefusal) return error.response(clientRequestId(request));
    throw error;
  }
}

const one = /^\/v1\.0\/servicePrincipals(?:\/(?<id>[^/]+)|\(appId='(?<appId>[^']+)'\))$/i;

/** One tenant's directory: nobody sees another's. */
function answer(request: SandboxRequest, principals: readonly Principal[]): SandboxResponse {
  const path = decodeURIComponent(request.url.pathname).replace(/\/$/, '');
  const context = `https://${request.host}/v1.0/$metadata#`;
  const operation = `${request.method} ${path.toLowerCase()}`;
  if (operation === 'GET /v1.0/serviceprincipals') return list(request.url, context, principals);
  if (operation === 'POST /v1.0/directoryobjects/getbyids') return getByIds(request, context, principals);
  const wanted = request.method === 'GET' ? one.exec(path)?.groups : undefined;
  if (wanted) return get(wanted, context, principals);
  return notImitated(`Microsoft Graph's ${request.method} ${path}`, 'sandbox/azure/graph/server.ts');
}

function get(
  { id = '', appId = '' }: Readonly<Record<string, string>>,
  context: string,
  principals: readonly Principal[],
): SandboxResponse {
  const found = principals.find(({ objectId, clientId }) => sameText(objectId, id) || sameText(clientId, appId));
  if (!found) throw graphErrors.notFound(id || appId);
  return {
    status: 200,
    body: { '@odata.context': `${context}servicePrincipals/$entity`, ...servicePrincipalBody(found) },
  };
}

function list(url: URL, context: string, principals: readonly Principal[]): SandboxResponse {
  const filter = url.searchParams.get('$filter');
  const matches = principalFilter(filter);
  if (!matches) return notImitated(`Microsoft Graph's $filter ${String(filter)}`, 'sandbox/azure/graph/filter.ts');
  const value = principals.filter(matches).map(servicePrincipalBody);
  return { status: 200, body: { '@odata.context': `${context}servicePrincipals`, value } };
}

/** Ids that nobody has are left out, without a word. */
function getByIds(request: SandboxRequest, context: string, principals: readonly Principal[]): SandboxResponse {
  const { ids, types } = parsed(request);
  const value = principals
    .filter(({ objectId }) => ids.some((id) => sameText(id, objectId)))
    .filter(() => types.length === 0 || types.some((type) => ['servicePrincipal', 'directoryObject'].includes(type)))
    .map((principal) => ({ '@odata.type': '#microsoft.graph.servicePrincipal', ...servicePrincipalBody(principal) }));
  return { status: 200, body: { '@odata.context': `${context}directoryObjects`, value } };
}

function parsed(request: SandboxRequest): { readonly ids: readonly string[]; readonly types: readonly string[] } {
  try {
    const { ids, types } = JSON.parse(request.body.toString()) as { readonly ids?: unknown; readonly types?: unknown };
    if (areTexts(ids) && areTexts(types ?? [])) return { ids, types: (types ?? []) as readonly string[] };
  } catch {
    // Refused below: what cannot be read says as little as what is missing.
  }
  throw graphErrors.badRequest('Invalid request body: ids must be an array of texts.');
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function clientRequestId({ headers }: SandboxRequest): string | undefined {
  const { 'client-request-id': id } = headers;
  return typeof id === 'string' ? id : undefined;
}

function commonHeaders(request: SandboxRequest): Record<string, string> {
  const id = randomUUID();
  return {
    'cache-control': 'no-cache',
    'odata-version': '4.0',
    'request-id': id,
    'client-request-id': clientRequestId(request) ?? id,
  };
}
