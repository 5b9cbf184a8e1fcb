/** The `ENDPOINT_*` variables in which the agent hands a service connection to a task. */
import { parse, stringify } from 'yaml';
import { authorityOf, cloudOf, type SandboxCloud } from './clouds.ts';
import type { RunningCluster } from './contracts.ts';
import type { ApplicationCertificates } from './entra/application-certificates.ts';
import type { ApplicationSpec, Scenario, ServiceConnectionSpec, SubscriptionSpec } from './scenario/types.ts';

/** A service connection as a harness hands it to a task. */
export interface Endpoint {
  /** GUID, in the variables' names as it is here. */
  readonly id: string;
  readonly name: string;
  /** `ServicePrincipal`, `WorkloadIdentityFederation`, `ManagedServiceIdentity`, `Kubernetes` (kubeconfig) or `Token` (service account). */
  readonly scheme: string;
  /** `ENDPOINT_URL_<id>`, `ENDPOINT_AUTH_<id>`, `ENDPOINT_AUTH_SCHEME_<id>`, `ENDPOINT_AUTH_PARAMETER_<id>_<KEY>`, `ENDPOINT_DATA_<id>_<KEY>` */
  readonly variables: Readonly<Record<string, string>>;
}

/** Base addresses without a trailing slash. */
export interface AzureAddresses {
  readonly resourceManager: string;
  readonly activeDirectory: string;
}

export interface EndpointContext {
  readonly scenario: Scenario;
  readonly addresses: AzureAddresses;
  readonly clusters: readonly RunningCluster[];
  readonly certificates: ApplicationCertificates;
}

/** Connections to clusters that do not run (stopped ones) are left out. */
export async function endpointsOf(context: EndpointContext): Promise<readonly Endpoint[]> {
  const endpoints: (Endpoint | undefined)[] = [];
  for (const connection of context.scenario.serviceConnections) {
    endpoints.push(
      connection.kind === 'AzureRM'
        ? azureEndpoint(connection, context)
        : await kubernetesEndpoint(connection, context),
    );
  }
  return endpoints.filter((endpoint) => endpoint !== undefined);
}

type Connection<Kind> = Extract<ServiceConnectionSpec, { kind: Kind }>;

function azureEndpoint(connection: Connection<'AzureRM'>, context: EndpointContext): Endpoint {
  const { scenario, addresses } = context;
  const subscription = scenario.subscriptions.find(({ name }) => name === connection.subscription);
  if (!subscription) throw nowhere(connection);
  const { parameters, data } =
    connection.scheme === 'ManagedServiceIdentity'
      ? managedIdentity(connection, subscription, context)
      : principal(connection, context);
  return endpoint(connection, {
    url: `${addresses.resourceManager}/`,
    scheme: connection.scheme,
    parameters,
    data: { ...azureData(subscription, cloudOf(scenario.cloud), addresses), ...data },
  });
}

function nowhere({ name }: ServiceConnectionSpec): Error {
  return new Error(`The service connection ${name} leads nowhere.`);
}

type OfScheme = Pick<Authorization, 'parameters' | 'data'>;

function principal(connection: Connection<'AzureRM'>, context: EndpointContext): OfScheme {
  const isOwn = ({ name }: ApplicationSpec): boolean => name === connection.application;
  const tenant = context.scenario.tenants.find(({ applications }) => applications.some(isOwn));
  const application = tenant?.applications.find(isOwn);
  if (!tenant || !application) throw nowhere(connection);
  const { clientId, objectId } = application;
  const parameters = { tenantid: tenant.id, serviceprincipalid: clientId };
  return {
    parameters: { ...parameters, ...credentialOf(connection, application, context) },
    data: { creationMode: 'Manual', spnObjectId: objectId },
  };
}

function managedIdentity(
  connection: Connection<'AzureRM'>,
  subscription: SubscriptionSpec,
  { scenario }: EndpointContext,
): OfScheme {
  const parameters = { tenantid: scenario.tenants.find(({ name }) => name === subscription.tenant)?.id ?? '' };
  if (connection.identity === undefined) return { parameters, data: {} };
  const [group, name] = connection.identity.split('/');
  const groups = scenario.subscriptions.flatMap(({ resourceGroups }) => resourceGroups);
  const identities = groups.filter((each) => each.name === group).flatMap((each) => each.identities);
  const identity = identities.find((each) => each.name === name);
  if (!identity) throw nowhere(connection);
  return { parameters, data: { msiclientId: identity.clientId } };
}

function credentialOf(
  { scheme, authenticationType }: Connection<'AzureRM'>,
  { clientId, secret }: ApplicationSpec,
  { certificates }: EndpointContext,
): Record<string, string> {
  if (scheme === 'WorkloadIdentityFederation') return {};
  if (authenticationType === 'spnKey') return { authenticationType, serviceprincipalkey: secret };
  return { authenticationType, servicePrincipalCertificate: certificates.get(clientId.toLowerCase())?.pem ?? '' };
}

/** The data of a connection as Azure DevOps writes it (names: azure-pipelines-tasks-common-packages, azure-arm-endpoint.ts). */
function azureData(
  { id, name }: SubscriptionSpec,
  cloud: SandboxCloud,
  { resourceManager, activeDirectory }: AzureAddresses,
): Record<string, string> {
  const authority = `${authorityOf(cloud, activeDirectory)}/`;
  const [resource = ''] = cloud.resourceManagerAudiences;
  return {
    environment: cloud.name,
    scopeLevel: 'Subscription',
    subscriptionId: id,
    subscriptionName: name,
    environmentUrl: `${resourceManager}/`,
    resourceManagerUrl: `${resourceManager}/`,
    environmentAuthorityUrl: authority,
    activeDirectoryAuthority: authority,
    activeDirectoryServiceEndpointResourceId: resource,
    graphUrl: cloud.directoryGraph,
    microsoftGraphUrl: `https://${cloud.graph}/`,
    AzureKeyVaultDnsSuffix: cloud.vaultSuffix,
    AzureKeyVaultServiceEndpointResourceId: cloud.vaultAudience,
    EnableAdfsAuthentication: String(cloud.identityProvider === 'adfs'),
  };
}

async function kubernetesEndpoint(
  connection: Connection<'Kubernetes'>,
  { clusters }: EndpointContext,
): Promise<Endpoint | undefined> {
  const cluster = clusters.find(({ name }) => name === connection.cluster);
  if (!cluster) return undefined;
  const { authorizationType, namespace } = connection;
  const data = { authorizationType, acceptUntrustedCerts: 'false', ...(namespace === undefined ? {} : { namespace }) };
  if (authorizationType === 'Kubeconfig') {
    const { kubeconfig, clusterContext } = asAzWritesIt(cluster.kubeconfig('admin'));
    return endpoint(connection, {
      url: cluster.server,
      scheme: 'Kubernetes',
      parameters: { kubeconfig, clusterContext },
      data,
    });
  }
  const [accountNamespace = '', account = ''] = (connection.serviceAccount ?? '').split('/');
  const token = await cluster.serviceAccountToken(accountNamespace, account);
  const parameters = {
    apiToken: Buffer.from(token).toString('base64'),
    serviceAccountCertificate: clusterAuthorityOf(cluster.kubeconfig('admin')),
  };
  return endpoint(connection, { url: cluster.server, scheme: 'Token', parameters, data });
}

interface Kubeconfig {
  readonly 'current-context': string;
  readonly contexts: readonly { readonly name: string }[];
}

/**
 * A person pastes what `az aks get-credentials --admin` wrote: az adds "-admin" to the context of an administrator, which
 * in Azure's own answer is the cluster's name (azure-cli, merge_kubernetes_configurations).
 */
function asAzWritesIt(answer: string): { readonly kubeconfig: string; readonly clusterContext: string } {
  const config = parse(answer) as Kubeconfig;
  const renamed = (name: string): string => `${name}-admin`;
  const clusterContext = renamed(config['current-context']);
  const contexts = config.contexts.map((context) => ({ ...context, name: renamed(context.name) }));
  return { kubeconfig: stringify({ ...config, contexts, 'current-context': clusterContext }), clusterContext };
}

/** Base64 of the PEM, as `kubectl get secret` shows a service account's `ca.crt`. */
function clusterAuthorityOf(kubeconfig: string): string {
  const { clusters } = parse(kubeconfig) as {
    readonly clusters: readonly { readonly cluster: Readonly<Record<string, string | undefined>> }[];
  };
  return clusters[0]?.cluster['certificate-authority-data'] ?? '';
}

interface Authorization {
  readonly url: string;
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/** Names as the agent makes them: agent:src/Agent.Worker/Handlers/Handler.cs, AddEndpointsToEnvironment. */
function endpoint({ id, name }: ServiceConnectionSpec, { url, scheme, parameters, data }: Authorization): Endpoint {
  const variables = {
    [`ENDPOINT_URL_${id}`]: url,
    [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ parameters, scheme }),
    [`ENDPOINT_AUTH_SCHEME_${id}`]: scheme,
    ...keyed(`ENDPOINT_AUTH_PARAMETER_${id}`, parameters),
    [`ENDPOINT_DATA_${id}`]: JSON.stringify(data),
    ...keyed(`ENDPOINT_DATA_${id}`, data),
  };
  return { id, name, scheme, variables };
}

function keyed(prefix: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`${prefix}_${key.replaceAll(/[. ]/g, '_').toUpperCase()}`, value]),
  );
}
