/** May this pod run on this node: selector, required affinity, taints. */
import { labelSelectorTest } from '../api/selectors.ts';
import type { Node, PodSpec, Toleration } from './shapes.ts';

type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

/** Undefined where it may; otherwise the scheduler's words for why not. */
export function refusal(spec: PodSpec, node: Node, tolerations: readonly Toleration[]): string | undefined {
  const taint = (node.spec?.taints ?? []).find((candidate) => repels(candidate) && !tolerated(candidate, tolerations));
  if (taint !== undefined) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (node.spec?.unschedulable === true && !tolerations.some(toleratesEverything)) return 'node(s) were unschedulable';
  return matchesNode(spec, node) ? undefined : "node(s) didn't match Pod's node affinity/selector";
}

function matchesNode(spec: PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  const selected = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const wanted = terms?.some(({ matchExpressions }) => labelSelectorTest({ matchExpressions })(labels)) ?? true;
  return selected && wanted;
}

function repels(taint: Taint): boolean {
  return taint.effect === 'NoSchedule' || taint.effect === 'NoExecute';
}

function tolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some((toleration) => {
    if (toleration.effect !== undefined && toleration.effect !== '' && toleration.effect !== taint.effect) return false;
    if (toleratesEverything(toleration)) return true;
    if (toleration.key !== taint.key) return false;
    return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
  });
}

function toleratesEverything({ key, operator }: Toleration): boolean {
  return (key === undefined || key === '') && operator === 'Exists';
}
