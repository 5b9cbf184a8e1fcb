import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Wait } from '../../engine/settle.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import { kinds } from '../../kube/kinds.ts';
import { kubeRefusal } from '../../kube/refusal.ts';
import type { AzureAssignedIdentity, Pod } from '../../kube/shapes.ts';
import { isPodReady } from '../../kube/status/pod.ts';
import type { Budget } from '../../runtime/budget.ts';
import { BINDING_LABEL } from './goals.ts';
import { lastWordOfMic } from './mic-log.ts';
import type { BindingNames } from './names.ts';

interface AssignedContext {
  readonly cluster: KubeCluster;
  readonly budget: Budget;
  readonly namespace: string;
  readonly names: BindingNames;
}

/** Waits until MIC has assigned the identity to every ready pod of the namespace that carries the selector. */
export function assignedWait({ cluster, budget, namespace, names }: AssignedContext): Wait {
  const { azureIdentityName, selector } = names;
  let micSaid: string | undefined;
  return {
    what: `the assignment of ${azureIdentityName} to the pods with ${BINDING_LABEL}=${selector}`,
    measure: async (signal) => {
      const labelSelector = `${BINDING_LABEL}=${selector}`;
      const [pods, assignments] = await Promise.all([
        cluster.list(kinds.pod, { namespace, labelSelector }, signal),
        assignmentsOf(cluster, signal),
      ]);
      if (!assignments) return { state: 'settled', measured: 'NMI in managed mode reads the binding itself' };
      const ready = pods.filter(isPodReady);
      if (ready.length === 0) return { state: 'settled', measured: 'no ready pod carries the label yet' };
      const states = ready.map((pod) => assignmentState(pod, assignments, azureIdentityName));
      const done = states.filter((state) => state === 'Assigned').length;
      const measured = `${done} of ${ready.length} pods assigned`;
      if (done === ready.length) return { state: 'settled', measured };
      // The log is read once, at the end: it is what the user would look at next.
      if (budget.remaining() <= 0) micSaid = await lastWordOfMic(cluster, signal);
      return { state: 'waiting', measured: `${measured}${notYet(states)}` };
    },
    timedOut: (measured) => {
      const message = `MIC did not assign ${azureIdentityName}: ${measured}.`;
      return diagnostic('POD009', { message, ...(micSaid === undefined ? {} : { detail: `MIC: ${micSaid}` }) });
    },
  };
}

/** Undefined in managed mode, which has no such kind: the identity is on the scale set before, or never. */
async function assignmentsOf(
  cluster: KubeCluster,
  signal: AbortSignal,
): Promise<readonly AzureAssignedIdentity[] | undefined> {
  try {
    return await cluster.list(kinds.azureAssignedIdentity, {}, signal);
  } catch (error) {
    if (kubeRefusal(error)?.code === 404) return undefined;
    throw error;
  }
}

type AssignmentState = 'Assigned' | 'Created' | 'none';

/** Pure; `Created` means that MIC knows the pod and has not finished with the scale set. */
export function assignmentState(
  { metadata }: Pod,
  assignments: readonly AzureAssignedIdentity[],
  azureIdentityName: string,
): AssignmentState {
  const mine = assignments.filter(
    ({ spec }) =>
      spec?.pod === metadata.name &&
      spec.podNamespace === metadata.namespace &&
      spec.azureIdentityRef?.metadata.name === azureIdentityName,
  );
  if (mine.some(({ status }) => status?.status === 'Assigned')) return 'Assigned';
  return mine.length > 0 ? 'Created' : 'none';
}

function notYet(states: readonly AssignmentState[]): string {
  const created = states.filter((state) => state === 'Created').length;
  return created === 0 ? '' : `, ${String(created)} being put on the scale set`;
}
