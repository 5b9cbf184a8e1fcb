import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Wait } from '../../engine/settle.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import { kinds } from '../../kube/kinds.ts';
import { isPodReady } from '../../kube/status/pod.ts';
import { selectorText } from '../../kube/selector.ts';
import { rolloutWait } from '../../kube/waits/rollout.ts';
import { servedWait } from '../../kube/waits/served.ts';
import { count } from '../../runtime/text.ts';
import { definedKinds } from './manifests/definitions.ts';
import type { ManifestOptions } from './manifests/manifest.ts';
import { LEADER_ENDPOINTS, micPodLabels } from './manifests/mic.ts';

const LEADER = 'control-plane.alpha.kubernetes.io/leader';

/** What must be so before AAD Pod Identity works: custom resources, MIC and its leader, NMI on every Linux node. */
export function installationWaits(
  cluster: KubeCluster,
  { namespace, installMode }: Pick<ManifestOptions, 'namespace' | 'installMode'>,
): readonly Wait[] {
  const controller = [
    rolloutWait(cluster, { kind: kinds.deployment, namespace, name: 'mic', timeOutCode: 'POD011' }),
    leaderWait(cluster, namespace),
  ];
  return [
    servedWait(cluster, definedKinds({ installMode })),
    ...(installMode === 'standard' ? controller : []),
    rolloutWait(cluster, { kind: kinds.daemonSet, namespace, name: 'nmi', timeOutCode: 'POD012' }),
  ];
}

/** MICs elect a leader over an Endpoints object; the record of an earlier leader stays there until its lease ends. */
function leaderWait(cluster: KubeCluster, namespace: string): Wait {
  return {
    what: 'the leader of MIC',
    measure: async (signal) => {
      const [lock, pods] = await Promise.all([
        cluster.get(kinds.endpoints, { name: LEADER_ENDPOINTS, namespace }, signal),
        cluster.list(kinds.pod, { namespace, labelSelector: selectorText({ matchLabels: micPodLabels }) }, signal),
      ]);
      const leader = holderOf(lock?.metadata.annotations?.[LEADER]);
      if (leader === undefined) return { state: 'waiting', measured: 'no MIC leads yet' };
      const alive = pods.filter(isPodReady).some(({ metadata }) => leader.startsWith(metadata.name));
      if (alive) return { state: 'settled', measured: `${leader} leads` };
      return { state: 'waiting', measured: `the lease of ${leader}, which is gone, has not ended` };
    },
    timedOut: (measured) =>
      diagnostic('POD011', { message: `MIC in namespace ${namespace} has no leader: ${measured}.` }),
  };
}

function holderOf(record: string | undefined): string | undefined {
  try {
    const { holderIdentity } = JSON.parse(record ?? '{}') as { readonly holderIdentity?: string };
    return holderIdentity === '' ? undefined : holderIdentity;
  } catch {
    return undefined;
  }
}

/** Workloads are deleted at once, their pods end in their own time. */
export function podsGoneWait(cluster: KubeCluster, namespace: string, labels: Readonly<Record<string, string>>): Wait {
  const labelSelector = selectorText({ matchLabels: labels });
  return {
    what: `the end of the pods with ${labelSelector}`,
    measure: async (signal) => {
      const pods = await cluster.list(kinds.pod, { namespace, labelSelector }, signal);
      if (pods.length === 0) return { state: 'settled', measured: 'gone' };
      return { state: 'waiting', measured: `${count(pods.length, 'pod')} left` };
    },
    timedOut: (measured) =>
      diagnostic('KUB014', { message: `The pods with ${labelSelector} do not end: ${measured}.` }),
  };
}
