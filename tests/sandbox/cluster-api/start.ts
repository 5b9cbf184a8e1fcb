/** A cluster of its own for each test file, and clients that Kubernetes' own people wrote. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import type { AzureForClusters, ClusterOptions, RequestRecord, RunningCluster } from '../../../sandbox/contracts.ts';
import { startCluster } from '../../../sandbox/cluster/index.ts';
import { createCertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import type { ClusterSpec } from '../../../sandbox/scenario/types.ts';

export interface TestCluster {
  readonly cluster: RunningCluster;
  readonly config: KubeConfig;
  readonly requests: readonly Omit<RequestRecord, 'sequence'>[];
  readonly caPem: string;
  /** A config for a service account of the namespace `default`, made if it is not there. */
  asServiceAccount(name: string): Promise<KubeConfig>;
}

const spec: ClusterSpec = {
  name: 'aks-test',
  kubernetesVersion: '1.33.5',
  nodeResourceGroup: 'MC_test',
  identityType: 'SystemAssigned',
  enableRbac: true,
  networkPlugin: 'azure',
  nodeRestriction: 'Unrestricted',
  podIdentityAddon: false,
  disableLocalAccounts: false,
  powerState: 'Running',
  provisioningState: 'Succeeded',
  nodes: [],
  objects: [],
};

const linuxNode = {
  name: 'aks-agentpool-1-vmss000000',
  scaleSet: 'aks-agentpool-1-vmss',
  os: 'linux',
  labels: {},
} as const;
export const withNode = { nodes: [linuxNode] };

export async function startTestCluster(
  changes: Partial<ClusterSpec> = {},
  options: Partial<ClusterOptions> = {},
): Promise<TestCluster> {
  const authority = await createCertificateAuthority('sandbox-test-ca');
  const requests: Omit<RequestRecord, 'sequence'>[] = [];
  const cluster = await startCluster({
    placement: {
      spec: { ...spec, ...changes },
      resourceId: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-test',
      subscriptionId: '11111111-1111-4111-8111-111111111111',
      resourceGroup: 'rg',
    },
    azure: azureWith(authority),
    latency: 0,
    port: 0,
    record: (request) => requests.push(request),
    ...options,
  });
  const config = configOf(cluster.kubeconfig('admin'));
  return {
    cluster,
    config,
    requests,
    caPem: authority.caPem,
    asServiceAccount: async (name) => {
      const { CoreV1Api } = await import('@kubernetes/client-node');
      const core = config.makeApiClient(CoreV1Api);
      await core
        .createNamespacedServiceAccount({ namespace: 'default', body: { metadata: { name } } })
        .catch(() => undefined);
      return configWithToken(cluster, authority.caPem, await cluster.serviceAccountToken('default', name));
    },
  };
}

/** These tests never leave the cluster: pods find no Azure. */
function azureWith(authority: Awaited<ReturnType<typeof createCertificateAuthority>>): AzureForClusters {
  return {
    tenantId: '22222222-2222-4222-8222-222222222222',
    caPem: authority.caPem,
    resourceManager: 'https://localhost:1',
    instanceMetadata: () => Promise.resolve({ status: 404, body: 'no metadata here' }),
    openPodGateway: () => Promise.resolve({ url: 'http://127.0.0.1:9', close: () => Promise.resolve() }),
    serverCertificate: (names) => authority.serverCertificate(names),
  };
}

export function configOf(kubeconfig: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  return config;
}

export function configWithToken(cluster: RunningCluster, caPem: string, token: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: cluster.server, caData: Buffer.from(caPem).toString('base64') }],
    users: [{ name: 'u', token }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return config;
}

/** Waits for what the cluster does by itself; fails after two seconds with what was seen last. */
export async function eventually<Seen>(look: () => Promise<Seen>, holds: (seen: Seen) => boolean): Promise<Seen> {
  const end = Date.now() + 2000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`still not so: ${JSON.stringify(seen)}`);
    await sleep(10);
  }
}

/** For `assert.rejects`: the Status that the server answered. */
export function refusal(code: number, message: RegExp | string, reason?: string): (error: unknown) => boolean {
  return (error) => {
    const { code: actual, body } = error as { code?: number; body?: string | { message?: string; reason?: string } };
    const status = typeof body === 'string' ? (JSON.parse(body) as { message?: string; reason?: string }) : body;
    const text = status?.message ?? String(error);
    const matches = typeof message === 'string' ? text === message : message.test(text);
    if (actual === code && matches && (reason === undefined || status?.reason === reason)) return true;
    throw new Error(`expected ${code} ${String(message)}, got ${String(actual)} ${status?.reason ?? ''}: ${text}`);
  };
}
