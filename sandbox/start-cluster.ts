/** A cluster of the kind that was asked for; what the other kind needs is not loaded. */
import type { ClusterOptions, RunningCluster } from './contracts.ts';
import type { ClusterKind } from './sandbox-options.ts';

/** @throws NoControlPlaneError */
export async function startClusterOf(kind: ClusterKind, options: ClusterOptions): Promise<RunningCluster> {
  switch (kind) {
    case 'embedded': {
      const { startCluster } = await import('./cluster/index.ts');
      return startCluster(options);
    }
    case 'kubernetes': {
      const { startKubernetesCluster } = await import('./cluster-kubernetes/index.ts');
      return startKubernetesCluster(options);
    }
  }
}
