/** A running sandbox: Azure, its clusters, Azure DevOps and a proxy, from one scenario. */
import { createAzure, type Azure } from './azure/index.ts';
import { cloudOf, realAddresses } from './clouds.ts';
import { startClusterOf } from './start-cluster.ts';
import { openConnectionFolder, type Connection, type ConnectionFolder } from './connection.ts';
import type { AzureForClusters, ClusterPlacement, RunningCluster } from './contracts.ts';
import { project, type Job } from './azure-devops/organization.ts';
import { edgePorts, startEdge, type Edge } from './edge.ts';
import { createCertificateAuthority, type CertificateAuthority } from './kit/certificates.ts';
import { chainIntercepts, faultIntercept, loadFaultPlan } from './kit/faults.ts';
import type { Intercept } from './kit/http-server.ts';
import { createRequestLog, requestLogRoute, type RequestLog } from './kit/request-log.ts';
import { scenarioOf, type SandboxOptions } from './sandbox-options.ts';
import type { ApplicationSpec, Scenario, TenantSpec } from './scenario/types.ts';
import { endpointsOf } from './service-connection.ts';

export type { SandboxOptions } from './sandbox-options.ts';

export interface Sandbox {
  readonly connection: Connection;
  /** With every id and secret filled in. */
  readonly scenario: Scenario;
  /** Of all servers. */
  readonly requests: RequestLog;
  readonly clusters: readonly RunningCluster[];
  readonly azure: Azure;
  /** PEM */
  readonly ca: string;
  /** Signs certificates for clients; its own is `ca`. */
  readonly authority: CertificateAuthority;
  /** `connection.json` */
  readonly connectionFile: string;
  /** One more job that Azure DevOps knows; SYSTEM_OIDCREQUESTURI is `oidcRequestUri(job)`. */
  openJob(): Job;
  oidcRequestUri(job: Job): string;
  stop(): Promise<void>;
}

/** Resolves when every server answers. @throws YamlFileError for a scenario or fault plan with problems */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const plan = options.faults === undefined ? undefined : loadFaultPlan(options.faults);
  const scenario = scenarioOf(options, plan);
  const requests = createRequestLog();
  const world: World = {
    options,
    scenario,
    requests,
    authority: await createCertificateAuthority('Keyless Pods sandbox'),
    intercept: chainIntercepts(requestLogRoute(requests), options.intercept, plan && faultIntercept(plan.faults)),
    clusters: new Map(),
    cleanUp: [],
  };
  const stop = async (): Promise<void> => {
    for (const clean of world.cleanUp.splice(0).reverse()) await clean();
  };
  try {
    return { ...(await start(world)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface World {
  readonly options: SandboxOptions;
  readonly scenario: Scenario;
  readonly requests: RequestLog;
  readonly authority: CertificateAuthority;
  readonly intercept: Intercept;
  /** By resource id in lower case; filled as they start. */
  readonly clusters: Map<string, RunningCluster>;
  /** What to do at the end, last first. */
  readonly cleanUp: (() => Promise<void>)[];
}

async function start(world: World): Promise<Omit<Sandbox, 'stop'>> {
  const { scenario, authority, requests, options, cleanUp } = world;
  const { edge, azure } = await startAzure(world);
  cleanUp.push(edge.stop);
  await addClusters(world, edge, azure);
  const placed = azure.placements.map(({ resourceId }) => world.clusters.get(resourceId.toLowerCase()));
  const clusters = placed.filter((cluster) => cluster !== undefined);
  const folder = await openConnectionFolder(options.folder);
  cleanUp.push(() => folder.remove());
  const connection = await describeConnection({ scenario, clusters, edge, folder, ca: authority.caPem });
  const connectionFile = await folder.write('connection.json', `${JSON.stringify(connection, undefined, 2)}\n`);
  return {
    connection,
    connectionFile,
    scenario,
    requests,
    clusters,
    azure,
    ca: authority.caPem,
    authority,
    openJob: edge.openJob,
    oidcRequestUri: edge.oidcRequestUri,
  };
}

async function startAzure(world: World): Promise<{ readonly edge: Edge; readonly azure: Azure }> {
  const { scenario, authority, requests, intercept, options, clusters } = world;
  let azure: Azure | undefined;
  const edge = await startEdge({
    scenario,
    authority,
    requests,
    intercept,
    latency: options.latency ?? 0,
    basePort: options.basePort ?? 0,
    proxyCredentials: options.proxyCredentials,
    proxyTls: options.proxyTls ?? false,
    demandClientCertificates: options.demandClientCertificates ?? false,
    now: options.now,
    backends: (tokens) => {
      const created = createAzure({
        scenario,
        tokens,
        caPem: authority.caPem,
        now: options.now,
        clusters: { byResourceId: (id) => clusters.get(id.toLowerCase()) },
      });
      azure = created;
      const scaleSet = firstScaleSet(created.placements);
      return { ...created, instanceMetadata: (request) => created.instanceMetadata(scaleSet, request) };
    },
  });
  if (!azure) throw new Error('The edge started without its Azure.');
  return { edge, azure };
}

/** In parallel; where one fails, the others are there to be stopped before the failure goes on. */
async function addClusters(world: World, edge: Edge, azure: Azure): Promise<void> {
  const running = azure.placements.filter(({ spec }) => spec.powerState === 'Running' && spec.apiServer);
  const added = await Promise.allSettled(
    running.map((placement, index) => addCluster(world, { placement, index, edge, azure })),
  );
  for (const result of added) if (result.status === 'rejected') throw result.reason;
}

interface Addition {
  readonly placement: ClusterPlacement;
  readonly index: number;
  readonly edge: Edge;
  readonly azure: Azure;
}

async function addCluster(world: World, { placement, index, edge, azure }: Addition): Promise<void> {
  const { options, authority, intercept, requests, scenario } = world;
  const subscription = scenario.subscriptions.find(({ id }) => id === placement.subscriptionId);
  const forClusters: AzureForClusters = {
    tenantId: scenario.tenants.find(({ name }) => name === subscription?.tenant)?.id ?? '',
    caPem: authority.caPem,
    resourceManager: edge.addresses.resourceManager,
    resourceManagerName: `https://${cloudOf(scenario.cloud).resourceManager}`,
    instanceMetadata: (scaleSetId, request) => azure.instanceMetadata(scaleSetId, request),
    openPodGateway: edge.openPodGateway,
    clusterUser: azure.clusterUser,
    allowsInCluster: azure.allowsInCluster,
    serverCertificate: (names) => authority.serverCertificate(names),
  };
  const cluster = await startClusterOf(options.cluster ?? 'embedded', {
    placement,
    azure: forClusters,
    latency: options.latency ?? 0,
    port: options.basePort === undefined ? 0 : options.basePort + edgePorts + index,
    intercept,
    record: requests.record,
  });
  world.cleanUp.push(() => cluster.stop());
  world.clusters.set(placement.resourceId.toLowerCase(), cluster);
  edge.admit(Number(new URL(cluster.server).port), true);
}

/** Resource id; empty where the scenario has no nodes. */
function firstScaleSet(placements: readonly ClusterPlacement[]): string {
  const [first] = placements.filter(({ spec }) => spec.nodes.length > 0);
  if (!first) return '';
  const { subscriptionId, spec } = first;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${spec.nodeResourceGroup}`;
  return `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/${spec.nodes[0]?.scaleSet ?? ''}`;
}

interface Described {
  readonly scenario: Scenario;
  readonly clusters: readonly RunningCluster[];
  readonly edge: Edge;
  readonly folder: ConnectionFolder;
  readonly ca: string;
}

async function describeConnection({ scenario, clusters, edge, folder, ca }: Described): Promise<Connection> {
  const { addresses, job, collectionUri } = edge;
  const { tenant, application, subscriptionId } = firstApplication(scenario);
  const certificate = edge.certificates.get(application?.clientId.toLowerCase() ?? '');
  const [cluster] = clusters;
  const cloud = cloudOf(scenario.cloud);
  const world = { scenario, clusters, certificates: edge.certificates };
  return {
    tenantId: tenant.id,
    subscriptionId,
    clientId: application?.clientId ?? '',
    clientSecret: application?.secret ?? '',
    certificateFile: certificate ? await folder.write('certificate.pem', certificate.pem) : '',
    caFile: await folder.write('ca.pem', ca),
    resourceManager: addresses.resourceManager,
    activeDirectory: addresses.activeDirectory,
    keyVaultDnsSuffix: cloud.vaultSuffix,
    keyVault: addresses.keyVault,
    instanceMetadata: addresses.instanceMetadata,
    agentMetadata: addresses.agentMetadata,
    collectionUri,
    project,
    job,
    oidcRequestUri: edge.oidcRequestUri(job),
    kubeconfig: cluster ? await folder.write('kubeconfig', cluster.kubeconfig('admin')) : '',
    proxy: addresses.proxy,
    serviceConnections: await endpointsOf({ ...world, addresses }),
    publicServiceConnections: await endpointsOf({ ...world, addresses: realAddresses(cloud) }),
  };
}

interface FirstApplication {
  readonly tenant: TenantSpec;
  readonly application: ApplicationSpec | undefined;
  readonly subscriptionId: string;
}

/** The application and the subscription of the first Azure service connection, else the first ones of the scenario. */
function firstApplication({ serviceConnections, subscriptions, tenants }: Scenario): FirstApplication {
  const connection = serviceConnections.find((candidate) => candidate.kind === 'AzureRM');
  const [firstSubscription] = subscriptions;
  const subscription = subscriptions.find(({ name }) => name === connection?.subscription) ?? firstSubscription;
  const subscriptionId = subscription?.id ?? '';
  for (const tenant of tenants) {
    const application = tenant.applications.find(({ name }) => name === connection?.application);
    if (application) return { tenant, application, subscriptionId };
  }
  const [tenant] = tenants;
  if (!tenant) throw new Error('A scenario has at least one tenant.');
  return { tenant, application: tenant.applications[0], subscriptionId };
}
