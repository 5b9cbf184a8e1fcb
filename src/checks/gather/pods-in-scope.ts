import type { Pod } from '../../kube/shapes.ts';

/** Which pods are asked: the newest ready one, one of every node that has one, or all. */
export type PodScope = 'first' | 'everyNode' | 'all';

/** In the order of nodes and names. Pods that are going or have ended are not among them; ones that start are waited for. */
export function podsInScope(pods: readonly Pod[], scope: PodScope): readonly Pod[] {
  if (scope === 'first') return pods.filter(isReady).sort(newestFirst).slice(0, 1);
  const running = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  return (scope === 'all' ? [...running] : oneOfEveryNode(running)).sort(byNodeAndName);
}

/** A ready one where the node has any. Pods that no node has taken yet are on none. */
function oneOfEveryNode(pods: readonly Pod[]): Pod[] {
  const placed = pods.filter(({ spec }) => spec?.nodeName !== undefined).sort(newestFirst);
  const chosen = new Map<string, Pod>();
  for (const pod of [...placed.filter(isReady), ...placed]) {
    if (!chosen.has(nodeOf(pod))) chosen.set(nodeOf(pod), pod);
  }
  return [...chosen.values()];
}

export function isReady({ status }: Pod): boolean {
  return (
    status?.phase === 'Running' &&
    (status.conditions ?? []).some((each) => each.type === 'Ready' && each.status === 'True')
  );
}

function newestFirst(a: Pod, b: Pod): number {
  return (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '');
}

function byNodeAndName(a: Pod, b: Pod): number {
  return nodeOf(a).localeCompare(nodeOf(b)) || a.metadata.name.localeCompare(b.metadata.name);
}

function nodeOf({ spec }: Pod): string {
  return spec?.nodeName ?? '';
}
