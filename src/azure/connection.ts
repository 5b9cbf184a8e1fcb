import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { EndpointReader } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import { Secret } from '../runtime/secret.ts';
import { certificateProblem } from './certificate.ts';
import type { Cloud } from './cloud.ts';
import { publicCloud } from './cloud.ts';

interface Common {
  /** Id of the service connection. */
  readonly id: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly cloud: Cloud;
}

interface Application {
  readonly clientId: string;
}

/** An Azure Resource Manager service connection, by its scheme. */
export type Connection =
  | (Common & Application & { readonly scheme: 'secret'; readonly secret: Secret })
  /** PEM of the certificate (with its chain) and its key. */
  | (Common & Application & { readonly scheme: 'certificate'; readonly certificate: Secret })
  | (Common & Application & { readonly scheme: 'federation' })
  /** Of the machine that the agent runs on; without a client id the system-assigned one, or the only one. */
  | (Common & { readonly scheme: 'managedIdentity'; readonly clientId: string | undefined });

/**
 * Reads a service connection as the agent hands it over (ENDPOINT_* variables).
 * @throws DiagnosticError CON001 for a scheme or cloud that is not supported, or a value that is missing.
 */
export function readConnection(endpoints: EndpointReader, id: string, mask: Mask): Connection {
  const scheme = endpoints.scheme(id) ?? 'ServicePrincipal';
  const read = schemes[scheme.toLowerCase()];
  if (!read) throw unusable(`its scheme is ${scheme}; supported: ${supported}`);
  const common: Common = {
    id,
    tenantId: needed(endpoints.authorization(id, 'tenantid'), 'tenant (tenantid)'),
    subscriptionId: needed(
      endpoints.data(id, 'subscriptionid'),
      'subscription (subscriptionid): it is scoped to a management group',
    ),
    cloud: readCloud(endpoints, id),
  };
  return read(common, endpoints, mask);
}

const supported = 'ServicePrincipal (secret or certificate), WorkloadIdentityFederation, ManagedServiceIdentity';

type SchemeReader = (common: Common, endpoints: EndpointReader, mask: Mask) => Connection;

/** By the name of the scheme in lower case. */
const schemes: Readonly<Partial<Record<string, SchemeReader>>> = {
  serviceprincipal: readServicePrincipal,
  workloadidentityfederation: (common, endpoints) => ({
    ...common,
    clientId: readClientId(endpoints, common.id),
    scheme: 'federation',
  }),
  managedserviceidentity: (common, endpoints) => ({
    ...common,
    clientId: readManagedClientId(endpoints, common.id),
    scheme: 'managedIdentity',
  }),
};

function readServicePrincipal(common: Common, endpoints: EndpointReader, mask: Mask): Connection {
  const principal = { ...common, clientId: readClientId(endpoints, common.id) };
  if (endpoints.authorization(common.id, 'authenticationtype')?.toLowerCase() === 'spncertificate') {
    return { ...principal, scheme: 'certificate', certificate: readCertificate(endpoints, common.id, mask) };
  }
  const key = needed(endpoints.authorization(common.id, 'serviceprincipalkey'), 'client secret (serviceprincipalkey)');
  return { ...principal, scheme: 'secret', secret: Secret.register(key, mask) };
}

function readClientId(endpoints: EndpointReader, id: string): string {
  return needed(endpoints.authorization(id, 'serviceprincipalid'), 'client id (serviceprincipalid)');
}

function readManagedClientId(endpoints: EndpointReader, id: string): string | undefined {
  const found = [endpoints.data(id, 'msiclientId'), endpoints.authorization(id, 'msiclientId')];
  // An empty one is a field of the form that nobody filled.
  return found.find((clientId) => clientId !== undefined && clientId !== '');
}

function readCertificate(endpoints: EndpointReader, id: string, mask: Mask): Secret {
  const name = 'servicePrincipalCertificate';
  const pem = needed(endpoints.authorization(id, name), `certificate (${name})`);
  const certificate = Secret.register(pem, mask);
  const problem = certificateProblem(pem);
  if (problem !== undefined) throw unusable(`its ${name} ${problem}`);
  return certificate;
}

function readCloud(endpoints: EndpointReader, id: string): Cloud {
  const name = endpoints.data(id, 'environment') ?? publicCloud.name;
  if (name.toLowerCase() !== publicCloud.name.toLowerCase()) {
    throw unusable(`its cloud is ${name}; supported: ${publicCloud.name}`);
  }
  const authority = endpoints.data(id, 'activeDirectoryAuthority') ?? endpoints.data(id, 'environmentAuthorityUrl');
  return {
    name: publicCloud.name,
    resourceManager: withoutSlash(endpoints.url(id) ?? publicCloud.resourceManager),
    resourceManagerAudience: withoutSlash(
      endpoints.data(id, 'activeDirectoryServiceEndpointResourceId') ?? publicCloud.resourceManagerAudience,
    ),
    authority: withoutSlash(modernAuthority(authority) ?? publicCloud.authority),
  };
}

/** Service connections still carry login.windows.net; Microsoft Entra's v2 endpoint is documented at this name only. */
function modernAuthority(authority: string | undefined): string | undefined {
  return authority?.replace('://login.windows.net', '://login.microsoftonline.com');
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function needed(value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw unusable(`it has no ${what}`);
  return value;
}

function unusable(why: string): DiagnosticError {
  return new DiagnosticError('CON001', {
    message: `The service connection in azureSubscription cannot be used: ${why}.`,
  });
}
