import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { EndpointReader } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import { Secret } from '../runtime/secret.ts';
import { certificateProblem } from './certificate.ts';
import type { Cloud } from './cloud.ts';

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

export interface ConnectionContext {
  readonly mask: Mask;
  /** Where the service connection leads, see `readCloud`. */
  readonly cloud: Cloud;
}

/**
 * Reads a service connection as the agent hands it over (ENDPOINT_* variables).
 * @throws DiagnosticError CON001 for a scheme that is not supported or a value that is missing, CON007 where it has no
 * subscription, CON009 for a scheme that its cloud does not offer
 */
export function readConnection(endpoints: EndpointReader, id: string, { mask, cloud }: ConnectionContext): Connection {
  const scheme = endpoints.scheme(id) ?? 'ServicePrincipal';
  const read = schemes[scheme.toLowerCase()];
  if (!read) throw unusable(`its scheme is ${scheme}; supported: ${supported}`);
  const common: Common = {
    id,
    tenantId: needed(endpoints.authorization(id, 'tenantid'), 'tenant (tenantid)'),
    subscriptionId: readSubscription(endpoints, id),
    cloud,
  };
  const connection = read(common, endpoints, mask);
  refuseOnAdfs(connection);
  return connection;
}

function readSubscription(endpoints: EndpointReader, id: string): string {
  const subscriptionId = endpoints.data(id, 'subscriptionid');
  if (subscriptionId !== undefined && subscriptionId !== '') return subscriptionId;
  const group = endpoints.data(id, 'managementGroupId');
  const scoped = endpoints.data(id, 'scopeLevel')?.toLowerCase() === 'managementgroup' || group !== undefined;
  const why = scoped
    ? `it is scoped to the management group ${group ?? ''}`.trimEnd()
    : 'its data holds no subscriptionId';
  throw new DiagnosticError('CON007', {
    message: `The service connection in azureSubscription has no subscription: ${why}.`,
  });
}

/** Both need Microsoft Entra: the tokens of a managed identity, too, come from there. */
function refuseOnAdfs({ cloud, scheme }: Connection): void {
  if (cloud.identityProvider !== 'adfs' || scheme === 'secret' || scheme === 'certificate') return;
  const what = scheme === 'federation' ? 'Workload identity federation' : 'A managed identity';
  throw new DiagnosticError('CON009', {
    message: `${what} cannot sign in to ${cloud.name}: its tokens come from ADFS (${cloud.authority}), which trusts neither Azure DevOps nor Microsoft Entra.`,
    fix: 'Use a service connection with a service principal of this ADFS, with its secret or its certificate.',
  });
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

function needed(value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw unusable(`it has no ${what}`);
  return value;
}

function unusable(why: string): DiagnosticError {
  return new DiagnosticError('CON001', {
    message: `The service connection in azureSubscription cannot be used: ${why}.`,
  });
}
