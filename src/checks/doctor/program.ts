import type { KubeNode, Pod } from '../../kube/shapes.ts';
import { isPodReady, podTrouble } from '../../kube/status/pod.ts';
import type { ProgramFact } from './facts.ts';

/** ` (CrashLoopBackOff in container nmi)`; empty where the pods name no reason. */
export function troubleText({ pods }: Pick<ProgramFact, 'pods'>): string {
  const trouble = pods.map(whyNotReady).find((each) => each !== undefined);
  return trouble === undefined ? '' : ` (${trouble.slice(0, 300)})`;
}

function whyNotReady(pod: Pod): string | undefined {
  if (isPodReady(pod)) return undefined;
  const waiting = pod.status?.containerStatuses?.find(({ state }) => state?.waiting?.reason !== undefined);
  return podTrouble(pod) ?? waiting?.state?.waiting?.reason;
}

/** A pod that started and ended again. */
export function crashed({ status }: Pod): boolean {
  return status?.containerStatuses?.some(({ restartCount = 0, ready }) => restartCount > 0 && ready !== true) ?? false;
}

const OS = 'kubernetes.io/os';

export function isLinux({ metadata }: KubeNode): boolean {
  return (metadata.labels?.[OS] ?? 'linux') === 'linux';
}

/** Whether the kubelet of the node reports; pods of a node that is gone say nothing. */
export function isNodeReady({ status }: KubeNode): boolean {
  return (status?.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');
}
