/** A cluster of a scenario as a real Kubernetes control plane, with the sandbox's nodes, MIC and NMI around it. */
import type {
  AzureForClusters,
  ClusterClient,
  ClusterOptions,
  ClusterPlacement,
  RunningCluster,
} from '../contracts.ts';
import { kubeconfigOf } from '../cluster/kubeconfig.ts';
import { registerNodes } from '../cluster/nodes/node-objects.ts';
import { podRuntime } from '../cluster/nodes/index.ts';
import type { PodRuntime } from '../cluster/nodes/types.ts';
import { startPodIdentity } from '../cluster/pod-identity/index.ts';
import { startServer, type RunningServer } from '../kit/http-server.ts';
import { clientFor } from './client.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { dump } from './dump.ts';
import { agentsFor, forward } from './front.ts';
import { startKubeletServer } from './kubelet-server.ts';
import { loadObjects } from './load-objects.ts';
import { clusterPrograms, missingPrograms, NoControlPlaneError, programs } from './programs.ts';
import { serviceAccountToken } from './service-account-token.ts';
import { upgradeHandler } from './upgrade.ts';

/** @throws NoControlPlaneError */
export async function startKubernetesCluster(options: ClusterOptions): Promise<RunningCluster> {
  const missing = missingPrograms(clusterPrograms);
  if (missing.length > 0) throw new NoControlPlaneError(missing);
  const { placement, azure } = options;
  const { name, enableRbac } = placement.spec;
  const plane = await startControlPlane({ name, enableRbac, azure });
  const cleanUp: (() => Promise<void>)[] = [() => plane.stop()];
  const stop = async (): Promise<void> => {
    for (const clean of cleanUp.splice(0).reverse()) await clean();
  };
  try {
    const { runtime, kubelet } = await startNodes(clientFor(plane.admin), plane, { placement, azure });
    cleanUp.push(
      () => kubelet.close(),
      () => runtime.stop(),
    );
    await loadObjects(plane.admin, placement.spec.objects);
    const front = await startFront(options, plane);
    cleanUp.push(() => front.close());
    return {
      name,
      server: front.url,
      kubeconfig: (kind) =>
        kubeconfigOf({ placement, azure, server: front.url, certificate: plane.identities.admin, kind }),
      serviceAccountToken: (namespace, account) => serviceAccountToken(plane.admin, namespace, account),
      dump: () => dump(plane.admin),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Nodes {
  readonly runtime: PodRuntime;
  readonly kubelet: RunningServer;
}

/** The real controllers make the pods; who runs them, and who answers for the instance metadata address, is the sandbox. */
async function startNodes(
  client: ClusterClient,
  { identities }: ControlPlane,
  { placement, azure }: { readonly placement: ClusterPlacement; readonly azure: AzureForClusters },
): Promise<Nodes> {
  const life: { runtime?: PodRuntime } = {};
  const kubelet = await startKubeletServer({
    server: identities.server,
    usersCaPem: identities.users.caPem,
    runtime: () => life.runtime,
  });
  // A node is as old as its control plane, whatever the scenario says.
  const spec = { ...placement.spec, kubernetesVersion: programs['kube-apiserver'].version };
  const where = { placement: { ...placement, spec }, azure };
  await registerNodes(client, where.placement, { host: 'localhost', port: kubelet.port });
  life.runtime = podRuntime(client, { ...where, ...startPodIdentity(client, where) });
  return { runtime: life.runtime, kubelet };
}

async function startFront(options: ClusterOptions, { identities, port, admin }: ControlPlane): Promise<RunningServer> {
  const { placement, azure, latency, intercept } = options;
  const record: ClusterOptions['record'] = (request) => {
    options.record(request);
  };
  const agents = agentsFor({ port, caPem: azure.caPem, front: identities.front });
  const name = `cluster:${placement.spec.name}`;
  const server = await startServer({
    name,
    tls: { ...identities.server, clientCaPem: identities.users.caPem },
    port: options.port,
    latency,
    intercept,
    record,
    handler: async (request) => {
      if (request.url.pathname === '/_sandbox/state') return { status: 200, body: { objects: await dump(admin) } };
      return forward(port, agents, request);
    },
    onUpgrade: upgradeHandler({ name, port, agents, record }),
  });
  const close = async (): Promise<void> => {
    await server.close();
    agents.vouching.destroy();
    agents.plain.destroy();
  };
  return { ...server, close };
}
