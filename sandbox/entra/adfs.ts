/**
 * ADFS of an Azure Stack Hub, in Entra's place: one directory, the first version of the grant, refusals with MSIS numbers.
 * Texts: public threads (msal-js 6281 and 6915, active-directory-dotnet-native-headless 19).
 */
import { decodeProtectedHeader } from 'jose';
import { issuerOf } from '../clouds.ts';
import type { Handler, SandboxRequest, SandboxResponse } from '../kit/http-server.ts';
import { notImitated } from '../kit/http-server.ts';
import { namesItself } from './assertion.ts';
import { authenticateClient, credentialsOf, required } from './authenticate-client.ts';
import { EntraRefusal, refusals } from './refusal.ts';
import type { Resources } from './resources.ts';
import type { EntraOptions } from './options.ts';

/** Seconds */
const usualLifetime = 3600;

export function createAdfs(options: EntraOptions, resources: Resources): Handler {
  return async (request) => {
    const path = request.url.pathname.toLowerCase().replace(/\/$/, '');
    if (request.method === 'POST' && path === '/adfs/oauth2/token') return answered(options, resources, request);
    if (path === '/adfs/.well-known/openid-configuration')
      return { status: 200, body: configuration(options, request) };
    if (path === '/adfs/discovery/keys') return { status: 200, body: options.tokens.keys };
    return notImitated(`ADFS's ${request.method} ${path}`, 'sandbox/entra/adfs.ts');
  };
}

async function answered(
  options: EntraOptions,
  resources: Resources,
  request: SandboxRequest,
): Promise<SandboxResponse> {
  try {
    return await token(options, resources, request);
  } catch (error) {
    if (error instanceof EntraRefusal) return refused(error);
    throw error;
  }
}

async function token(options: EntraOptions, resources: Resources, request: SandboxRequest): Promise<SandboxResponse> {
  const [tenant] = options.tenants;
  const body = new URLSearchParams(request.body.toString('utf8'));
  if (required(body, 'grant_type') !== 'client_credentials' || !tenant)
    return refusal('invalid_grant', refusalTexts.grant);
  const { clientId, secret } = credentialsOf(request, body);
  const application = tenant.applications.find((each) => each.clientId.toLowerCase() === clientId.toLowerCase());
  if (!application) return refusal('invalid_client', refusalTexts.unknownClient(clientId));
  const address = `https://${request.url.host}/adfs/oauth2/token`;
  const audiences = [address, `${address}/`, issuerOf(options.cloud, tenant.id)];
  const assertion = body.get('client_assertion');
  if (assertion !== null) requireOwnAssertion(assertion);
  await authenticateClient(options, { secret, assertion }, { application, audiences });
  request.identify(application.objectId);
  const audience = resources.named(resourceOf(body), tenant.name);
  const { objectId } = application;
  const lifetime = options.tokenLifetime ?? usualLifetime;
  const accessToken = await options.tokens.issue({ tenantId: tenant.id, audience, objectId, clientId }, lifetime);
  return { status: 200, body: { access_token: accessToken, token_type: 'bearer', expires_in: lifetime } };
}

/** ADFS of Windows Server 2019 takes a scope, too, as MSAL sends it. */
function resourceOf(body: URLSearchParams): string {
  const scopes = (body.get('scope') ?? '').split(' ').filter((scope) => scope.endsWith('/.default'));
  return scopes[0]?.slice(0, -'/.default'.length) ?? required(body, 'resource');
}

/** ADFS knows certificates of its applications and no federated credentials, RS256 and no PS256. */
function requireOwnAssertion(assertion: string): void {
  if (!namesItself(assertion) || decodeProtectedHeader(assertion).alg !== 'RS256') throw refusals.malformedAssertion();
}

/** Entra's reasons in ADFS's words, which are fewer. */
function refused({ code, message }: EntraRefusal): SandboxResponse {
  if (code === 500011) return refusal('invalid_resource', refusalTexts.resource);
  if (code === 900144) return refusal('invalid_request', `MSIS9609: ${message}`);
  return refusal('invalid_client', refusalTexts.client);
}

const refusalTexts = {
  grant: 'MSIS9611: The authorization server does not support the requested grant_type.',
  client:
    'MSIS9622: Client authentication failed. Please verify the credential provided for client authentication is valid.',
  resource:
    "MSIS9602: The received 'resource' parameter is invalid. The authorization server can not find a registered resource with the specified identifier.",
  unknownClient: (clientId: string): string =>
    `MSIS9223: Received invalid OAuth authorization request. The received 'client_id' is invalid as no registered client was found with this client identifier. Make sure that the client is registered. Received client_id: '${clientId}'.`,
};

function refusal(error: string, description: string): SandboxResponse {
  return { status: 400, body: { error, error_description: description } };
}

/** The last part of the issuer is the directory: that is how tools of Azure Stack find it. */
function configuration({ tenants: [tenant], cloud }: EntraOptions, request: SandboxRequest): object {
  const base = `https://${request.url.host}/adfs`;
  return {
    issuer: issuerOf(cloud, tenant?.id ?? ''),
    authorization_endpoint: `${base}/oauth2/authorize/`,
    token_endpoint: `${base}/oauth2/token/`,
    jwks_uri: `${base}/discovery/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic', 'private_key_jwt'],
    response_types_supported: [
      'code',
      'id_token',
      'code id_token',
      'id_token token',
      'code token',
      'code id_token token',
    ],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256'],
  };
}
