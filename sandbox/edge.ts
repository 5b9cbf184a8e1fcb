/** The servers around Azure and the clusters: Entra, Azure DevOps, the proxy, and the addresses of everything. */
import { cloudOf } from './clouds.ts';
import type { AzureForClusters, PodGateway } from './contracts.ts';
import { createJob, organization, project, type Job } from './azure-devops/organization.ts';
import { createApplicationCertificates, type ApplicationCertificates } from './entra/application-certificates.ts';
import { handlersOf, type Backends, type Handlers } from './edge-handlers.ts';
import { createTokenAuthority, type EntraTokenAuthority } from './entra/token-authority.ts';
import { systemClock, type Clock } from './kit/clock.ts';
import type { CertificateAuthority } from './kit/certificates.ts';
import { startServer, type Intercept, type RunningServer } from './kit/http-server.ts';
import type { RequestLog } from './kit/request-log.ts';
import { certificateNames, destinationsOf, type KnownServers } from './proxy/destinations.ts';
import { createDecoys, type Decoys } from './proxy/decoys.ts';
import { startProxy, type ProxyOptions } from './proxy/server.ts';
import type { Scenario } from './scenario/types.ts';

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
  readonly proxyTls?: boolean;
  readonly demandClientCertificates?: boolean;
  readonly backends: (tokens: EntraTokenAuthority) => Backends;
  /** Of Entra and its tokens. Default: the machine's. */
  readonly now?: Clock | undefined;
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
  readonly handlers: Handlers;
  readonly proxy: ProxyOptions;
  readonly decoys: Decoys;
  /** Filled as they start. */
  readonly running: Servers;
  /** Ports that the proxy leads to as localhost. */
  readonly own: Map<number, { readonly tls: boolean }>;
}

async function prepare(options: EdgeOptions): Promise<Parts> {
  const { scenario, authority, requests, intercept } = options;
  const cloud = cloudOf(scenario.cloud);
  const tenantIds = scenario.tenants.map(({ id }) => id);
  const tokens = await createTokenAuthority(tenantIds, cloud, options.now);
  const backends = options.backends(tokens);
  const running = {} as Servers;
  const own: Parts['own'] = new Map();
  const jobs: Job[] = [];
  const destinations = destinationsOf(cloud, () => knownServers(running, own));
  const certificates = await createApplicationCertificates(scenario.tenants);
  const parts = { tokens, certificates, jobs, running };
  const now = options.now ?? systemClock;
  const handlers = await handlersOf({ scenario, authority, backends, destinations, now, ...parts });
  const decoys = createDecoys(authority);
  const proxy = {
    destinations,
    decoys,
    caPem: authority.caPem,
    metadata: backends.instanceMetadata,
    intercept,
    record: requests.record,
  };
  return { ...parts, handlers, proxy, decoys, own };
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
/** Those that the sandbox's own parts do not ask. */
const mutualNames: readonly string[] = ['resourceManager', 'activeDirectory'];

async function startAll(options: EdgeOptions, { handlers, proxy, running }: Parts): Promise<void> {
  const { latency, intercept, basePort, requests, authority, proxyCredentials: credentials } = options;
  const names = ['localhost', '127.0.0.1', ...certificateNames(cloudOf(options.scenario.cloud))];
  const certificate = await authority.serverCertificate(names);
  const mutual = { ...certificate, clientCaPem: authority.caPem, demandsClientCertificate: true };
  const demanding = options.demandClientCertificates ? mutual : certificate;
  const port = (index: number): number => (basePort === 0 ? 0 : basePort + index);
  running.proxy = await startProxy({
    ...proxy,
    port: port(0),
    ...(options.proxyTls ? { tls: demanding } : {}),
    ...(credentials ? { credentials } : {}),
  });
  for (const [index, name] of (Object.keys(handlers) as (keyof typeof handlers)[]).entries()) {
    running[name] = await startServer({
      // Entra's server is `entra` in the request log and `activeDirectory` where the agent's variables call it so.
      name: name === 'activeDirectory' ? 'entra' : name,
      ...(tlsNames.includes(name) ? { tls: mutualNames.includes(name) ? demanding : certificate } : {}),
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
