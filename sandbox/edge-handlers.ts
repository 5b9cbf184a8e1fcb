/** What each of the edge's servers answers, the proxy excepted. */
import type { Job } from './azure-devops/organization.ts';
import { createAzureDevOps } from './azure-devops/server.ts';
import { withCloudMetadata } from './cloud-metadata.ts';
import { cloudOf } from './clouds.ts';
import type { MetadataRequest, MetadataResponse } from './contracts.ts';
import type { ApplicationCertificates } from './entra/application-certificates.ts';
import { federationOf } from './entra/federation.ts';
import { issuerKeys } from './entra/issuer-keys.ts';
import { createEntra } from './entra/server.ts';
import type { EntraTokenAuthority } from './entra/token-authority.ts';
import type { Clock } from './kit/clock.ts';
import type { CertificateAuthority } from './kit/certificates.ts';
import type { Handler } from './kit/http-server.ts';
import type { Destinations } from './proxy/destinations.ts';
import { plainHeaders } from './proxy/server.ts';
import type { Scenario } from './scenario/types.ts';

/** What stands behind the edge. */
export interface Backends {
  readonly resourceManager: Handler;
  readonly graph: Handler;
  readonly keyVault: Handler;
  /** What 169.254.169.254 answers where nobody says which pod asks: a node of the first cluster. */
  readonly instanceMetadata: (request: MetadataRequest) => Promise<MetadataResponse>;
  /** The same on the machine of the pipeline agent. */
  readonly agentMetadata: (request: MetadataRequest) => Promise<MetadataResponse>;
}

/** By the names of the edge's addresses. */
export type Handlers = Readonly<
  Record<
    'resourceManager' | 'activeDirectory' | 'keyVault' | 'azureDevOps' | 'instanceMetadata' | 'agentMetadata',
    Handler
  >
>;

export interface HandlerParts {
  readonly scenario: Scenario;
  readonly authority: CertificateAuthority;
  readonly backends: Backends;
  readonly destinations: Destinations;
  readonly tokens: EntraTokenAuthority;
  readonly certificates: ApplicationCertificates;
  readonly now: Clock;
  /** Jobs that run now. */
  readonly jobs: readonly Job[];
  /** Filled as they start. */
  readonly running: Readonly<Record<'resourceManager' | 'activeDirectory', { readonly url: string }>>;
}

export async function handlersOf(parts: HandlerParts): Promise<Handlers> {
  const { scenario, authority, backends, destinations, tokens, certificates, jobs, running, now } = parts;
  const { tenants, serviceConnections } = scenario;
  const cloud = cloudOf(scenario.cloud);
  const resourceManager = withGraph(backends, cloud.graph);
  return {
    resourceManager: withCloudMetadata(resourceManager, cloud, () => running.activeDirectory.url),
    activeDirectory: createEntra({
      cloud,
      tenants,
      tokens,
      certificates,
      now,
      isFederated: federationOf({
        applications: tenants.flatMap(({ applications }) => applications),
        delays: scenario.delays ?? [],
        now,
      }),
      tokenLifetime: scenario.tokenLifetime,
      publishedKeys: issuerKeys(authority.caPem, (host, port) => destinations(host, port)?.port),
      resourceManager: () => running.resourceManager.url,
    }),
    keyVault: backends.keyVault,
    azureDevOps: await createAzureDevOps({
      serviceConnections,
      audience: cloud.federationAudience,
      jobs: () => jobs,
      now,
    }),
    instanceMetadata: metadataHandler(backends.instanceMetadata),
    agentMetadata: metadataHandler(backends.agentMetadata),
  };
}

/** Graph's name leads to the Resource Manager server, which tells the two apart by it. */
function withGraph({ resourceManager, graph }: Backends, name: string): Handler {
  return (request) => (request.host === name ? graph(request) : resourceManager(request));
}

function metadataHandler(answer: Backends['instanceMetadata']): Handler {
  return ({ method, url, headers }) =>
    answer({ method, path: url.pathname + url.search, headers: plainHeaders(headers) });
}
