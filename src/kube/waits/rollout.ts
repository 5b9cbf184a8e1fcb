import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { DiagnosticCode } from '../../diagnostics/catalogue.ts';
import type { Settlement, Wait } from '../../engine/settle.ts';
import type { KubeCluster } from '../cluster.ts';
import type { KubeKind } from '../kinds.ts';
import { kinds } from '../kinds.ts';
import { kubeRefusal } from '../refusal.ts';
import { selectorText } from '../selector.ts';
import type { Pod, Workload } from '../shapes.ts';
import { podTrouble } from '../status/pod.ts';
import { rolloutOf } from '../status/rollout.ts';

export interface RolloutTarget {
  readonly kind: KubeKind<Workload>;
  readonly namespace: string;
  readonly name: string;
  /** Only pods with these labels can stop the wait; others of the workload may be old ones on their way out. */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** What to say when time is up. */
  readonly timeOutCode?: DiagnosticCode;
}

/** Waits until a workload runs its present template everywhere; ends early when a pod cannot start. */
export function rolloutWait(cluster: KubeCluster, target: RolloutTarget): Wait {
  const { kind, namespace, name, timeOutCode = 'KUB014' } = target;
  const what = `${kind.kind} ${name} in namespace ${namespace}`;
  return {
    what: `the roll-out of ${what}`,
    measure: async (signal) => {
      const workload = await cluster.get(kind, { name, namespace }, signal);
      if (!workload) return hopeless(what, 'it was deleted');
      const rollout = rolloutOf(workload);
      if (rollout.state === 'current') return { state: 'settled', measured: rollout.measured };
      if (rollout.state === 'failed') return hopeless(what, rollout.reason);
      const trouble = await findTrouble(cluster, workload, target, signal);
      return trouble === undefined ? { state: 'waiting', measured: rollout.measured } : hopeless(what, trouble);
    },
    timedOut: (measured) =>
      diagnostic(timeOutCode, { message: `The roll-out of ${what} did not finish: ${measured}.` }),
  };
}

function hopeless(what: string, reason: string): Settlement {
  const message = `${what} does not become ready: ${reason.slice(0, 500)}.`;
  return { state: 'hopeless', diagnostic: diagnostic('KUB013', { message }) };
}

async function findTrouble(
  cluster: KubeCluster,
  workload: Workload,
  { kind, namespace, name, podLabels = {} }: RolloutTarget,
  signal: AbortSignal,
): Promise<string | undefined> {
  const labelSelector = selectorText(workload.spec?.selector, podLabels);
  const pods = await cluster.list(kinds.pod, { namespace, labelSelector }, signal);
  const current = pods.filter((pod) => hasImagesOf(pod, workload));
  const broken = current
    .map((pod) => [pod.metadata.name, troubleOf(pod)] as const)
    .find(([, why]) => why !== undefined);
  if (broken) return `pod ${broken[0]}: ${broken[1] ?? ''}`;
  // Deployments carry this as a condition; of a DaemonSet or StatefulSet only events tell it.
  return pods.length === 0 && kind.kind !== 'Deployment' ? failedCreate(cluster, namespace, name, signal) : undefined;
}

/** Pods of an earlier template may be broken for good; that is no reason to give up the new one. */
function hasImagesOf(pod: Pod, workload: Workload): boolean {
  const wanted = workload.spec?.template?.spec?.containers ?? [];
  const running = pod.spec?.containers ?? [];
  return wanted.every(({ name, image }) => running.some((each) => each.name === name && each.image === image));
}

function troubleOf(pod: Pod): string | undefined {
  return pod.metadata.deletionTimestamp === undefined ? podTrouble(pod) : undefined;
}

async function failedCreate(
  cluster: KubeCluster,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const fieldSelector = `involvedObject.name=${name},reason=FailedCreate`;
    const events = await cluster.list(kinds.event, { namespace, fieldSelector }, signal);
    const last = events.at(-1);
    return last === undefined ? undefined : `FailedCreate: ${last.message ?? ''}`;
  } catch (error) {
    // Reading events only makes the wait shorter, so the permission for it is optional.
    if (kubeRefusal(error)?.code === 403) return undefined;
    throw error;
  }
}
