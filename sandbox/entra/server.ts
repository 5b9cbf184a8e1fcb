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

async function route(options: EntraOptions, resources: Resources, request: SandboxRequest): Promise<SandboxResponse> {
  const [tenant = '', ...rest] = request.url.pathname.split('/').filter((part) => part !== '');
  const path = rest.join('/').toLowerCase();
  const what = `${request.method} /${tenant}/${path}`;
  if (request.method === 'POST') {
    if (path === 'oauth2/v2.0/token') return token(options, resources, { request, tenant, version: 2 });
    if (path === 'oauth2/token') return token(options, resources, { request, tenant, version: 1 });
    return notImitated(`Entra's ${what}`, 'sandbox/entra/server.ts');
  }
  if (path === 'discovery/instance') return instanceDiscovery(request);
  if (path === 'discovery/v2.0/keys' || path === 'discovery/keys') return { status: 200, body: options.tokens.keys };
  const version = { 'v2.0/.well-known/openid-configuration': 2, '.well-known/openid-configuration': 1 }[path];
  if (version === undefined) return notImitated(`Entra's ${what}`, 'sandbox/entra/server.ts');
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
  const accessToken = await options.tokens.issue({ tenantId: tenant.id, audience, objectId, clientId });
  return {
    status: 200,
    headers: { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' },
    body: version === 2 ? answerV2(accessToken) : answerV1(accessToken, audience),
  };
}

/** What an assertion of the client itself may be for: the token endpoints and the issuer, under the name that was asked. */
function audiencesOf({ url }: SandboxRequest, asked: string, id: string): readonly string[] {
  const bases = [asked, id].map((tenant) => `https://${url.host}/${tenant}`);
  return bases.flatMap((base) => [base, `${base}/v2.0`, `${base}/oauth2/token`, `${base}/oauth2/v2.0/token`]);
}

function answerV2(accessToken: string): object {
  return {
    token_type: 'Bearer',
    expires_in: accessTokenLifetime,
    ext_expires_in: accessTokenLifetime,
    access_token: accessToken,
  };
}

function answerV1(accessToken: string, resource: string): object {
  const now = Math.floor(Date.now() / 1000);
  return {
    token_type: 'Bearer',
    expires_in: String(accessTokenLifetime),
    ext_expires_in: String(accessTokenLifetime),
    expires_on: String(now + accessTokenLifetime),
    not_before: String(now),
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
