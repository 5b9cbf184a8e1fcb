/** The servers around Azure and the clusters: Entra, Azure DevOps, the proxy, and the addresses of everything. */
import type { AzureForClusters, MetadataRequest, MetadataResponse, PodGateway } from './contracts.ts';
import { createJob, organization, project, type Job } from './azure-devops/organization.ts';
import { createAzureDevOps } from './azure-devops/server.ts';
import { createApplicationCertificates, type ApplicationCertificates } from './entra/application-certificates.ts';
import { issuerKeys } from './entra/issuer-keys.ts';
import { createEntra } from './entra/server.ts';
import { createTokenAuthority, type EntraTokenAuthority } from './entra/token-authority.ts';
import type { CertificateAuthority } from './kit/certificates.ts';
import { notImitated, startServer, type Handler, type Intercept, type RunningServer } from './kit/http-server.ts';
import type { RequestLog } from './kit/request-log.ts';
import { azureNames, destinationsOf, type KnownServers } from './proxy/destinations.ts';
import { createDecoys, type Decoys } from './proxy/decoys.ts';
import { plainHeaders, startProxy, type ProxyOptions } from './proxy/server.ts';
import type { Scenario } from './scenario/types.ts';

/** What stands behind the edge. */
export interface Backends {
  readonly resourceManager: Handler;
  readonly keyVault: Handler;
  /** What 169.254.169.254 answers where nobody says which pod asks: a node of the first cluster. */
  readonly instanceMetadata: (request: MetadataRequest) => Promise<MetadataResponse>;
  /** The same on the machine of the pipeline agent. */
  readonly agentMetadata: (request: MetadataRequest) => Promise<MetadataResponse>;
}

export interface EdgeOptions {
  readonly scenario: Scenario;
  readonly authority: CertificateAuthority;
  readonly requests: RequestLog;
  readonly intercept: Intercept;
  /** Milliseconds added to every answer. */
  readonly latency: number;
  /** The first of the edge's ports, {@link edgePorts} in all; 0: free ones. */
  readonly basePort: number;
  readonly proxyCredentials?: ProxyOptions['credentials'];
  readonly backends: (tokens: EntraTokenAuthority) => Backends;
}

/** How many ports the edge takes from `basePort` on. */
export const edgePorts = 7;

/** Base addresses without a trailing slash. */
export interface EdgeAddresses {
  readonly proxy: string;
  readonly resourceManager: string;
  readonly activeDirectory: string;
  readonly keyVault: string;
  readonly azureDevOps: string;
  readonly instanceMetadata: string;
  readonly agentMetadata: string;
}

export interface Edge {
  readonly addresses: EdgeAddresses;
  readonly tokens: EntraTokenAuthority;
  readonly certificates: ApplicationCertificates;
  /** The job of the connection file. */
  readonly job: Job;
  readonly collectionUri: string;
  readonly oidcRequestUri: (job: Job) => string;
  /** One more job that Azure DevOps knows, with an access token of its own. */
  readonly openJob: () => Job;
  readonly openPodGateway: AzureForClusters['openPodGateway'];
  /** Lets the proxy lead to `localhost:<port>`. */
  readonly admit: (port: number, tls: boolean) => void;
  readonly stop: () => Promise<void>;
}

export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const parts = await prepare(options);
  const { running, own, jobs, tokens, certificates, proxy } = parts;
  const stop = async (): Promise<void> => {
    await Promise.all([...Object.values(running), parts.decoys].map((part) => part.close()));
  };
  try {
    await startAll(options, parts);
  } catch (error) {
    await stop();
    throw error;
  }
  for (const [name, { port }] of Object.entries(running)) own.set(port, { tls: tlsNames.includes(name) });
  const collectionUri = `${running.azureDevOps.url}/${organization.name}/`;
  const openJob = (): Job => {
    const job = createJob();
    jobs.push(job);
    return job;
  };
  return {
    addresses: addressesOf(running),
    tokens,
    certificates,
    job: openJob(),
    collectionUri,
    oidcRequestUri: ({ planId, jobId }) =>
      `${collectionUri}${project.id}/_apis/distributedtask/hubs/build/plans/${planId}/jobs/${jobId}/oidctoken`,
    openJob,
    openPodGateway: (pod) => openPodGateway(proxy, pod),
    admit: (port, tls) => own.set(port, { tls }),
    stop,
  };
}

type Servers = Record<keyof EdgeAddresses, RunningServer>;

interface Parts {
  readonly tokens: EntraTokenAuthority;
  readonly certificates: ApplicationCertificates;
  readonly jobs: Job[];
  readonly handlers: Readonly<Record<Exclude<keyof EdgeAddresses, 'proxy'>, Handler>>;
  readonly proxy: ProxyOptions;
  readonly decoys: Decoys;
  /** Filled as they start. */
  readonly running: Servers;
  /** Ports that the proxy leads to as localhost. */
  readonly own: Map<number, { readonly tls: boolean }>;
}

async function prepare(options: EdgeOptions): Promise<Parts> {
  const { scenario, authority, requests, intercept } = options;
  const tokens = await createTokenAuthority(scenario.tenants.map(({ id }) => id));
  const backends = options.backends(tokens);
  const running = {} as Servers;
  const own: Parts['own'] = new Map();
  const jobs: Job[] = [];
  const destinations = destinationsOf(() => knownServers(running, own));
  const { instanceMetadata } = backends;
  const certificates = await createApplicationCertificates(scenario.tenants);
  const entra = createEntra({
    tenants: scenario.tenants,
    tokens,
    certificates,
    publishedKeys: issuerKeys(authority.caPem, (host, port) => destinations(host, port)?.port),
    resourceManager: () => running.resourceManager.url,
  });
  const handlers = {
    resourceManager: withoutGraph(backends.resourceManager),
    activeDirectory: entra,
    keyVault: backends.keyVault,
    azureDevOps: await createAzureDevOps({ serviceConnections: scenario.serviceConnections, jobs: () => jobs }),
    instanceMetadata: metadataHandler(instanceMetadata),
    agentMetadata: metadataHandler(backends.agentMetadata),
  };
  const decoys = createDecoys(authority);
  const proxy = {
    destinations,
    decoys,
    caPem: authority.caPem,
    metadata: instanceMetadata,
    intercept,
    record: requests.record,
  };
  return { tokens, certificates, jobs, handlers, proxy, decoys, running, own };
}

function addressesOf(running: Servers): EdgeAddresses {
  const { proxy, resourceManager, activeDirectory, keyVault, azureDevOps, instanceMetadata, agentMetadata } = running;
  return {
    proxy: proxy.url,
    resourceManager: resourceManager.url,
    activeDirectory: activeDirectory.url,
    keyVault: keyVault.url,
    azureDevOps: azureDevOps.url,
    instanceMetadata: instanceMetadata.url,
    agentMetadata: agentMetadata.url,
  };
}

const tlsNames: readonly string[] = ['resourceManager', 'activeDirectory', 'keyVault', 'azureDevOps'];

async function startAll(options: EdgeOptions, { handlers, proxy, running }: Parts): Promise<void> {
  const { certPem, keyPem } = await options.authority.serverCertificate(['localhost', '127.0.0.1', ...azureNames]);
  const { latency, intercept, basePort, requests } = options;
  const port = (index: number): number => (basePort === 0 ? 0 : basePort + index);
  running.proxy = await startProxy({
    ...proxy,
    port: port(0),
    ...(options.proxyCredentials ? { credentials: options.proxyCredentials } : {}),
  });
  for (const [index, name] of (Object.keys(handlers) as (keyof typeof handlers)[]).entries()) {
    running[name] = await startServer({
      // Entra's server is `entra` in the request log and `activeDirectory` where the agent's variables call it so.
      name: name === 'activeDirectory' ? 'entra' : name,
      ...(tlsNames.includes(name) ? { tls: { certPem, keyPem } } : {}),
      port: port(index + 1),
      latency,
      intercept,
      handler: handlers[name],
      record: requests.record,
    });
  }
}

function knownServers(
  running: Readonly<Record<keyof EdgeAddresses, RunningServer>>,
  own: KnownServers['own'],
): KnownServers {
  return {
    entra: running.activeDirectory.port,
    resourceManager: running.resourceManager.port,
    keyVault: running.keyVault.port,
    azureDevOps: running.azureDevOps.port,
    own,
  };
}

function openPodGateway(
  proxy: ProxyOptions,
  pod: Parameters<AzureForClusters['openPodGateway']>[0],
): Promise<PodGateway> {
  return startProxy({ ...proxy, caller: pod.name, metadata: (request) => pod.metadata(request) });
}

/** Graph's name leads to the Resource Manager server, whose routes are not Graph's. */
function withoutGraph(resourceManager: Handler): Handler {
  return (request) =>
    request.host === 'graph.microsoft.com'
      ? notImitated(`Microsoft Graph (${request.method} ${request.url.pathname})`, 'sandbox/edge.ts')
      : resourceManager(request);
}

function metadataHandler(answer: Backends['instanceMetadata']): Handler {
  return ({ method, url, headers }) =>
    answer({ method, path: url.pathname + url.search, headers: plainHeaders(headers) });
}
