/** The sandbox's Azure: Resource Manager, Key Vault and instance metadata over one state. */
import type {
  AzureForClusters,
  ClusterPlacement,
  ClustersForAzure,
  MetadataRequest,
  MetadataResponse,
  TokenAuthority,
} from '../contracts.ts';
import type { Clock } from '../kit/clock.ts';
import type { Handler } from '../kit/http-server.ts';
import type { Scenario } from '../scenario/types.ts';
import { clusterAccess, type ClusterAccess } from './cluster-access.ts';
import { createGraph } from './graph/server.ts';
import { agentMachine, answerMetadata, nodeOf } from './instance-metadata/token.ts';
import { createKeyVault } from './key-vault/server.ts';
import { createResourceManager } from './resource-manager/server.ts';
import { createThrottle } from './resource-manager/throttle.ts';
import { takeSnapshot, type AzureSnapshot } from './snapshot.ts';
import { createWorld, type Cluster } from './state/world.ts';

export type { AzureSnapshot } from './snapshot.ts';

export interface Azure extends ClusterAccess {
  readonly resourceManager: Handler;
  /** Microsoft Graph, as far as az asks it. */
  readonly graph: Handler;
  /** Every vault, by Host header. */
  readonly keyVault: Handler;
  readonly instanceMetadata: AzureForClusters['instanceMetadata'];
  /** What 169.254.169.254 answers on the machine of the pipeline agent. */
  readonly agentMetadata: (request: MetadataRequest) => Promise<MetadataResponse>;
  readonly placements: readonly ClusterPlacement[];
  /** The state without secret values; also at `GET /_sandbox/state` of Resource Manager. */
  snapshot(): AzureSnapshot;
  /** Makes everything as the scenario says, as if nobody had changed anything. */
  reset(): void;
}

export interface AzureOptions {
  /** With ids and secrets filled in. */
  readonly scenario: Scenario;
  readonly tokens: TokenAuthority;
  readonly clusters: ClustersForAzure;
  /** PEM of the sandbox's certificate authority. */
  readonly caPem: string;
  /** What refills the token buckets. Default: the machine's clock. */
  readonly now?: Clock | undefined;
}

/** @throws Error for a scenario that names roles, tenants or principals that it does not have */
export function createAzure({ scenario, tokens, clusters, now }: AzureOptions): Azure {
  const world = createWorld(scenario, now);
  const snapshot = (): AzureSnapshot => takeSnapshot(world);
  const metadata = { tokens, cloud: world.cloud, now: world.now, lifetime: scenario.tokenLifetime };
  return {
    resourceManager: createResourceManager({
      world,
      tokens,
      clusters,
      snapshot,
      pageSize: scenario.pageSize,
      throttle: createThrottle(scenario.throttling, now),
    }),
    graph: createGraph({ world, tokens }),
    keyVault: createKeyVault({ world, tokens, pageSize: scenario.pageSize }),
    instanceMetadata: (scaleSetId, request) => answerMetadata(metadata, nodeOf(world, scaleSetId), request),
    agentMetadata: (request) => answerMetadata(metadata, agentMachine(world, scenario.agent), request),
    ...clusterAccess(world, tokens),
    placements: world.clusters.map(placementOf),
    snapshot,
    reset: () => {
      Object.assign(world, createWorld(scenario));
    },
  };
}

function placementOf({ id, spec, subscriptionId, resourceGroup, kubelet }: Cluster): ClusterPlacement {
  const placement = { spec, resourceId: id, subscriptionId, resourceGroup };
  if (!kubelet) return placement;
  const { clientId, principalId } = kubelet;
  return { ...placement, kubelet: { resourceId: kubelet.id, clientId, objectId: principalId } };
}
