import type { KubeCluster } from '../../kube/cluster.ts';
import { kinds } from '../../kube/kinds.ts';
import type { KubeKind } from '../../kube/kinds.ts';
import { selectorText } from '../../kube/selector.ts';
import type { Pod, Workload } from '../../kube/shapes.ts';
import { listOf } from '../../runtime/text.ts';
import type { PodFact } from '../facts.ts';
import type { PodScope } from './pods-in-scope.ts';
import { isReady, podsInScope } from './pods-in-scope.ts';

export const workloadKinds = {
  deployment: kinds.deployment,
  statefulset: kinds.statefulSet,
  daemonset: kinds.daemonSet,
  replicaset: kinds.replicaSet,
} as const satisfies Record<string, KubeKind<Workload>>;

export type PodChoice = {
  readonly namespace: string;
  readonly container: string | undefined;
  readonly scope: PodScope;
} & (
  | { readonly by: 'selector'; readonly selector: string }
  | { readonly by: 'workload'; readonly kind: keyof typeof workloadKinds; readonly name: string }
);

/** The pods to ask; where there are none, the reason alone. */
export async function findPods(
  cluster: KubeCluster,
  choice: PodChoice,
  signal: AbortSignal,
): Promise<readonly [PodFact, ...PodFact[]]> {
  const { namespace, scope } = choice;
  const selector = choice.by === 'selector' ? choice.selector : await selectorOf(cluster, choice, signal);
  if (typeof selector !== 'string') return [selector];
  const pods = await cluster.list(kinds.pod, { namespace, labelSelector: selector }, signal);
  const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const [first, ...more] = podsInScope(living, scope).map((pod) => describePod(pod, choice.container));
  // The newest ready pod: after a rollout that is one of the current template.
  return first ? [first, ...more] : [{ found: false, measured: measure(living), hopeless: false }];
}

async function selectorOf(
  cluster: KubeCluster,
  { kind, name, namespace }: PodChoice & { readonly by: 'workload' },
  signal: AbortSignal,
): Promise<string | PodFact> {
  const workload = await cluster.get(workloadKinds[kind], { name, namespace }, signal);
  const missing = (measured: string): PodFact => ({ found: false, measured, hopeless: true });
  if (!workload) return missing(`there is no ${kind} ${name}`);
  if (workload.spec?.replicas === 0) return missing(`${kind} ${name} is scaled to 0`);
  const selector = selectorText(workload.spec?.selector);
  return selector === '' ? missing(`${kind} ${name} has no selector`) : selector;
}

function measure(pods: readonly Pod[]): string {
  if (pods.length === 0) return 'there is no pod';
  const reasons = pods.map(
    ({ status }) =>
      (status?.containerStatuses ?? []).find(({ state }) => state?.waiting?.reason !== undefined)?.state?.waiting
        ?.reason ??
      status?.phase ??
      'Pending',
  );
  return `0 of ${String(pods.length)} ready (${[...new Set(reasons)].join(', ')})`;
}

function describePod(pod: Pod, asked: string | undefined): PodFact {
  const { metadata, spec = {} } = pod;
  const place = { name: metadata.name, node: spec.nodeName ?? '' };
  const container = asked ?? defaultContainer(pod);
  const containers = (spec.containers ?? []).map(({ name }) => name);
  if (!containers.includes(container)) {
    const measured = `the pod ${metadata.name} has no container ${container} (it has ${listOf(containers)})`;
    return { found: false, ...place, measured, hopeless: true };
  }
  if (!isReady(pod)) return { found: false, ...place, measured: measure([pod]), hopeless: false };
  return {
    found: true,
    ...place,
    container,
    hostNetwork: spec.hostNetwork === true,
    bindingLabel: metadata.labels?.['aadpodidbinding'],
  };
}

/** As kubectl chooses: the annotation, else the first one. */
function defaultContainer({ metadata, spec }: Pod): string {
  const annotated = metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  return annotated ?? spec?.containers?.[0]?.name ?? '';
}
