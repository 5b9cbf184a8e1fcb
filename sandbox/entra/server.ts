/** The Entra server: token endpoints (v1 and v2), OpenID configuration, instance discovery, keys. */
import type { Handler, SandboxRequest, SandboxResponse } from '../kit/http-server.ts';
import { notImitated } from '../kit/http-server.ts';
import type { ApplicationSpec, TenantSpec } from '../scenario/types.ts';
import type { ApplicationCertificates } from './application-certificates.ts';
import { checkFederatedAssertion, namesItself, type PublishedKeys } from './assertion.ts';
import { checkCertificateAssertion } from './client-certificate.ts';
import { discoveryDocument, instanceDiscovery } from './discovery.ts';
import { EntraRefusal, refusals } from './refusal.ts';
import { createResources, type Resources } from './resources.ts';
import { accessTokenLifetime, type EntraTokenAuthority } from './token-authority.ts';

export interface EntraOptions {
  readonly tenants: readonly TenantSpec[];
  readonly tokens: EntraTokenAuthority;
  readonly publishedKeys: PublishedKeys;
  readonly certificates: ApplicationCertificates;
  /** The sandbox's own Resource Manager address: asked for as a resource, it is Azure Resource Manager. */
  readonly resourceManager: () => string;
}

export function createEntra(options: EntraOptions): Handler {
  const resources = createResources(options.resourceManager);
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
  return discoveryDocument(request, { asked: tenant, directory }, version);
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
  await authenticate(options, presented, { application, audiences: audiencesOf(request, asked.tenant, tenant.id) });
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

interface Presented {
  readonly secret: string | null;
  readonly assertion: string | null;
}

interface Client {
  readonly application: ApplicationSpec;
  readonly audiences: readonly string[];
}

async function authenticate(
  { publishedKeys, certificates }: EntraOptions,
  { secret, assertion }: Presented,
  { application, audiences }: Client,
): Promise<void> {
  if (assertion !== null && namesItself(assertion)) {
    const registered = certificates.get(application.clientId.toLowerCase());
    await checkCertificateAssertion({ assertion, application, registered, audiences });
  } else if (assertion !== null) {
    await checkFederatedAssertion(assertion, application, publishedKeys);
  } else if (secret === null) {
    throw refusals.noCredential();
  } else if (secret !== application.secret) {
    throw refusals.wrongSecret(application.clientId);
  }
}

/** What an assertion of the client itself may be for: the token endpoints and the issuer, under the name that was asked. */
function audiencesOf({ url }: SandboxRequest, asked: string, id: string): readonly string[] {
  const bases = [asked, id].map((tenant) => `https://${url.host}/${tenant}`);
  return bases.flatMap((base) => [base, `${base}/v2.0`, `${base}/oauth2/token`, `${base}/oauth2/v2.0/token`]);
}

/** Client id and secret from the body, or from an HTTP Basic header (client_secret_basic). */
function credentialsOf(
  request: SandboxRequest,
  body: URLSearchParams,
): { readonly clientId: string; readonly secret: string | null } {
  const basic = /^Basic (?<value>.+)$/i.exec(request.headers.authorization ?? '')?.groups?.['value'];
  if (basic === undefined) return { clientId: required(body, 'client_id'), secret: body.get('client_secret') };
  const [clientId = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { clientId: decodeURIComponent(clientId), secret: decodeURIComponent(secret.join(':')) };
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

function required(body: URLSearchParams, name: string): string {
  const value = body.get(name);
  if (value === null || value === '') throw refusals.missingParameter(name);
  return value;
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
