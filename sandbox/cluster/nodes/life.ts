/** Everything that lives in a cluster: its nodes, controllers, AAD Pod Identity's programs, and the pods' runtime. */
import type { AzureForClusters, ClusterClient, ClusterPlacement } from '../../contracts.ts';
import { startControllers } from '../controllers/index.ts';
import { startPodIdentity } from '../pod-identity/index.ts';
import { podRuntime } from './index.ts';
import { registerNodes } from './node-objects.ts';
import type { PodRuntime } from './types.ts';

interface LifeOptions {
  readonly placement: ClusterPlacement;
  readonly azure: AzureForClusters;
  /** From scheduled to running, in milliseconds. Default 5. */
  readonly startMilliseconds?: number;
  /** Factor on the pauses of MIC, NMI and crashing containers. Default 0.05. */
  readonly timeScale?: number;
}

/** To be started before a scenario's own objects are created; ends with the runtime's `stop`. */
export async function startLife(client: ClusterClient, options: LifeOptions): Promise<PodRuntime> {
  await registerNodes(client, options.placement);
  const podIdentity = startPodIdentity(client, options);
  const runtime = podRuntime(client, { ...options, ...podIdentity });
  const controllers = startControllers(client);
  return {
    exec: async (pod, query, upgrade) => runtime.exec(pod, query, upgrade),
    logs: async (pod, query) => runtime.logs(pod, query),
    stop: async () => {
      await controllers.stop();
      await runtime.stop();
    },
  };
}
