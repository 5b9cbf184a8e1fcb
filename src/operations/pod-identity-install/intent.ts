import type { AksCluster } from '../../azure/aks-cluster.ts';
import { readCluster } from '../../azure/aks-cluster.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Goal } from '../../engine/goal.ts';
import type { Intent } from '../../engine/walk.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import { openCluster } from '../../kube/connection.ts';
import { kinds } from '../../kube/kinds.ts';
import { isOurs } from '../../resources/kube-object/spec.ts';
import type { IntentOf } from '../shared/operation.ts';
import type { Services } from '../shared/services.ts';
import { installation, installationGoals, keyOf, objectGoal } from './goals.ts';
import { POD_SECURITY, requireInstallable, requireNoOther, requirePrivileged } from './guards.ts';
import type { PodIdentityInstallInputs } from './inputs.ts';
import type { Manifest } from './manifests/manifest.ts';
import { lastVersion } from './manifests/versions.ts';
import { removalGoals } from './removal.ts';
import { installationWaits } from './waits.ts';

export const podIdentityInstallIntent: IntentOf<PodIdentityInstallInputs> = async (inputs, services) => {
  const cluster = await readCluster(services.azure, inputs);
  const { kubernetesServiceConnection, clusterAccess } = inputs;
  if (inputs.mode !== 'remove') prepareInstall(cluster, inputs, services);
  const kube = await openCluster(services, { cluster, kubernetesServiceConnection, clusterAccess });
  return inputs.mode === 'remove' ? removal(inputs, services, kube) : install(inputs, services, kube);
};

function prepareInstall(cluster: AksCluster, inputs: PodIdentityInstallInputs, { observer }: Services): void {
  requireInstallable(cluster, inputs);
  const message = `AAD Pod Identity ${lastVersion} is the last release; its successor is Microsoft Entra Workload ID.`;
  observer({ type: 'warning', diagnostic: diagnostic('POD001', { message }) });
}

async function install(inputs: PodIdentityInstallInputs, services: Services, cluster: KubeCluster): Promise<Intent> {
  const { namespace } = inputs;
  const [found] = await Promise.all([
    cluster.get(kinds.namespace, { name: namespace }, services.signal),
    requireNoOther(cluster, inputs, services.signal),
  ]);
  requirePrivileged(found);
  const context = { ...services, cluster };
  // A namespace that others made is left as it is.
  const own = found === undefined || isOurs(found) ? [namespaceManifest(namespace)] : [];
  const before = own.map(keyOf);
  return {
    mode: inputs.mode,
    goals: [
      ...own.map((manifest) => objectGoal(manifest, context, {})),
      ...installationGoals(installation(inputs, before), context, { wanted: 'present' }),
    ],
    waits: installationWaits(cluster, inputs),
    outputs: { installedVersion: inputs.version },
  };
}

/** Says itself that it takes privileged pods: the default level of a cluster may be another one. */
function namespaceManifest(name: string): Manifest {
  const { apiVersion, kind } = kinds.namespace;
  return {
    kind: kinds.namespace,
    object: { apiVersion, kind, metadata: { name, labels: { [POD_SECURITY]: 'privileged' } } },
  };
}

async function removal(inputs: PodIdentityInstallInputs, services: Services, cluster: KubeCluster): Promise<Intent> {
  const context = { ...services, cluster };
  const own = await namespaceGoal(inputs, services, cluster);
  const before = own.map(({ key }) => key);
  const goals = await removalGoals(inputs, context, { before, signal: services.signal });
  return { mode: inputs.mode, goals: [...own, ...goals], waits: [], outputs: { installedVersion: '' } };
}

/** The namespace goes last and only where this task made it and nobody else's pods run in it. */
async function namespaceGoal(
  { namespace }: PodIdentityInstallInputs,
  services: Services,
  cluster: KubeCluster,
): Promise<readonly Goal[]> {
  if (namespace === 'default') return [];
  const [found, pods] = await Promise.all([
    cluster.get(kinds.namespace, { name: namespace }, services.signal),
    cluster.list(kinds.pod, { namespace }, services.signal),
  ]);
  if (!found || !isOurs(found)) return [];
  const others = pods.filter(({ metadata }) => !['mic', 'nmi'].includes(metadata.labels?.['component'] ?? ''));
  if (others.length > 0) {
    services.observer({ type: 'note', text: `The namespace ${namespace} stays: other pods run in it.` });
    return [];
  }
  return [objectGoal(namespaceManifest(namespace), { ...services, cluster }, { wanted: 'absent' })];
}
