/** What clients read before they ask for a token: OpenID configuration and instance discovery. */
import { entraClouds, issuerOf, type SandboxCloud } from '../clouds.ts';
import type { SandboxRequest, SandboxResponse } from '../kit/http-server.ts';
import { refusals } from './refusal.ts';

/** Addresses in the document are those under which the client asked: the sandbox's own, or Azure's behind the proxy. */
export function discoveryDocument(
  request: SandboxRequest,
  tenant: { readonly asked: string; readonly directory: string },
  { version, cloud }: { readonly version: number; readonly cloud: SandboxCloud },
): SandboxResponse {
  const base = `https://${request.url.host}/${tenant.asked}`;
  const v2 = version === 2 ? '/v2.0' : '';
  return {
    status: 200,
    body: {
      token_endpoint: `${base}/oauth2${v2}/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      jwks_uri: `${base}/discovery${v2}/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer:
        version === 2 ? `https://${request.url.host}/${tenant.directory}/v2.0` : issuerOf(cloud, tenant.directory),
      authorization_endpoint: `${base}/oauth2${v2}/authorize`,
      device_authorization_endpoint: `${base}/oauth2${v2}/devicecode`,
      end_session_endpoint: `${base}/oauth2${v2}/logout`,
      claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'acr', 'nonce', 'tid', 'ver'],
      tenant_region_scope: 'EU',
      cloud_instance_name: cloud.authorities[0].replace(/^login\./, ''),
      msgraph_host: cloud.graph,
    },
  };
}

/**
 * Tells MSAL that an authority is one of ours, so that it goes on to ask it.
 * @throws EntraRefusal 50049 for an authority that is neither Azure's nor the sandbox's
 */
export function instanceDiscovery(request: SandboxRequest): SandboxResponse {
  const endpoint = request.url.searchParams.get('authorization_endpoint') ?? '';
  if (!URL.canParse(endpoint)) throw refusals.missingParameter('authorization_endpoint');
  const { host, hostname, pathname } = new URL(endpoint);
  const isAzure = entraClouds.some(({ authorities }) => authorities.includes(host));
  if (!isAzure && !['localhost', '127.0.0.1'].includes(hostname)) throw refusals.unknownInstance();
  return {
    status: 200,
    body: {
      tenant_discovery_endpoint: `https://${host}/${pathname.split('/')[1] ?? 'common'}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [
        ...entraClouds.map(networkOf),
        ...(isAzure ? [] : [{ preferred_network: host, preferred_cache: host, aliases: [host] }]),
      ],
    },
  };
}

/** The cache of the public cloud kept the name that it had first. */
function networkOf({ name, authorities: [preferred, ...former] }: SandboxCloud): object {
  const cache = name === 'AzureCloud' ? former[0] : preferred;
  return { preferred_network: preferred, preferred_cache: cache, aliases: [preferred, ...former] };
}
