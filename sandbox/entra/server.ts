/** The Entra server: token endpoints (v1 and v2), OpenID configuration, instance discovery, keys. */
import type { Handler, SandboxRequest, SandboxResponse } from '../kit/http-server.ts';
import { notImitated } from '../kit/http-server.ts';
import type { TenantSpec } from '../scenario/types.ts';
import { createAdfs } from './adfs.ts';
import { authenticateClient, credentialsOf, required } from './authenticate-client.ts';
import { discoveryDocument, instanceDiscovery } from './discovery.ts';
import type { EntraOptions } from './options.ts';
import { EntraRefusal, refusals } from './refusal.ts';
import { createResources, type Resources } from './resources.ts';
import { accessTokenLifetime } from './token-authority.ts';

export function createEntra(options: EntraOptions): Handler {
  const resources = createResources(options.cloud, options.resourceManager);
  if (options.cloud.identityProvider === 'adfs') return createAdfs(options, resources);
  return async (request) => {
    try {
      return await route(options, resources, request);
    } catch (error) {
      if (error instanceof EntraRefusal) return error.response(correlationOf(request));
      throw error;
    }
  };
}

/** By path in lower case, without the tenant. */
const tokenVersions: Readonly<Record<string, 1 | 2>> = { 'oauth2/v2.0/token': 2, 'oauth2/token': 1 };

async function route(options: EntraOptions, resources: Resources, request: SandboxRequest): Promise<SandboxResponse> {
  const [tenant = '', ...rest] = request.url.pathname.split('/').filter((part) => part !== '');
  const path = rest.join('/').toLowerCase();
  const tokenVersion = tokenVersions[path];
  if (tokenVersion !== undefined) {
    if (request.method !== 'POST') throw refusals.onlyPost(request.method);
    return token(options, resources, { request, tenant, version: tokenVersion });
  }
  const found = request.method === 'POST' ? undefined : published(options, request, { tenant, path });
  return found ?? notImitated(`Entra's ${request.method} /${tenant}/${path}`, 'sandbox/entra/server.ts');
}

/** What everybody may read. */
function published(
  options: EntraOptions,
  request: SandboxRequest,
  { tenant, path }: { readonly tenant: string; readonly path: string },
): SandboxResponse | undefined {
  if (path === 'discovery/instance') return instanceDiscovery(request);
  if (path === 'discovery/v2.0/keys' || path === 'discovery/keys') return { status: 200, body: options.tokens.keys };
  const version = { 'v2.0/.well-known/openid-configuration': 2, '.well-known/openid-configuration': 1 }[path];
  if (version === undefined) return undefined;
  const directory = isCommon(tenant) ? '{tenantid}' : findTenant(options.tenants, tenant, 'invalid_tenant').id;
  return discoveryDocument(request, { asked: tenant, directory }, { version, cloud: options.cloud });
}

interface TokenRequest {
  readonly request: SandboxRequest;
  readonly tenant: string;
  /** v1 takes `resource` and answers numbers as text, v2 takes `scope`. */
  readonly version: 1 | 2;
}

async function token(options: EntraOptions, resources: Resources, asked: TokenRequest): Promise<SandboxResponse> {
  const { request, version } = asked;
  const tenant = findTenant(options.tenants, asked.tenant, 'invalid_request');
  const body = new URLSearchParams(request.body.toString('utf8'));
  const grant = required(body, 'grant_type');
  if (grant !== 'client_credentials') throw refusals.unsupportedGrant(grant);
  const credentials = credentialsOf(request, body);
  const application = tenant.applications.find(
    ({ clientId }) => clientId.toLowerCase() === credentials.clientId.toLowerCase(),
  );
  if (!application) throw refusals.unknownApplication(credentials.clientId, tenant.name);
  const presented = { secret: credentials.secret, assertion: body.get('client_assertion') };
  await authenticateClient(options, presented, {
    application,
    audiences: audiencesOf(request, asked.tenant, tenant.id),
  });
  request.identify(application.objectId);
  const audience =
    version === 2
      ? resources.ofScope(required(body, 'scope'), tenant.name)
      : resources.named(required(body, 'resource'), tenant.name);
  const { objectId, clientId } = application;
  const lifetime = options.tokenLifetime ?? accessTokenLifetime;
  const accessToken = await options.tokens.issue({ tenantId: tenant.id, audience, objectId, clientId }, lifetime);
  return {
    status: 200,
    headers: { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' },
    body:
      version === 2
        ? answerV2(accessToken, lifetime)
        : answerV1({ accessToken, lifetime, resource: audience, now: options.now() }),
  };
}

/** What an assertion of the client itself may be for: the token endpoints and the issuer, under the name that was asked. */
function audiencesOf({ url }: SandboxRequest, asked: string, id: string): readonly string[] {
  const bases = [asked, id].map((tenant) => `https://${url.host}/${tenant}`);
  return bases.flatMap((base) => [base, `${base}/v2.0`, `${base}/oauth2/token`, `${base}/oauth2/v2.0/token`]);
}

function answerV2(accessToken: string, lifetime: number): object {
  return {
    token_type: 'Bearer',
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: accessToken,
  };
}

interface Issued {
  readonly accessToken: string;
  /** Seconds */
  readonly lifetime: number;
  readonly resource: string;
  /** Milliseconds */
  readonly now: number;
}

function answerV1({ accessToken, lifetime, resource, now }: Issued): object {
  const seconds = Math.floor(now / 1000);
  return {
    token_type: 'Bearer',
    expires_in: String(lifetime),
    ext_expires_in: String(lifetime),
    expires_on: String(seconds + lifetime),
    not_before: String(seconds),
    resource,
    access_token: accessToken,
  };
}

function findTenant(tenants: readonly TenantSpec[], asked: string, error: string): TenantSpec {
  const wanted = asked.toLowerCase();
  const found = tenants.find(
    ({ id, name }) => id.toLowerCase() === wanted || `${name.toLowerCase()}.onmicrosoft.com` === wanted,
  );
  if (!found) throw refusals.unknownTenant(asked, error);
  return found;
}

function isCommon(tenant: string): boolean {
  return ['common', 'organizations', 'consumers'].includes(tenant.toLowerCase());
}

function correlationOf(request: SandboxRequest): string | undefined {
  const { 'client-request-id': id } = request.headers;
  return typeof id === 'string' ? id : undefined;
}
