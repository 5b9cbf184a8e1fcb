import { BINDING_LABEL } from '../../../checks/doctor/bound.ts';
import type { DoctorFacts } from '../../../checks/doctor/facts.ts';
import type { Looked } from '../../../checks/doctor/looked.ts';
import { look, seen, unreached } from '../../../checks/doctor/looked.ts';
import type { KubeCluster } from '../../../kube/cluster.ts';
import type { KubeKind } from '../../../kube/kinds.ts';
import { kinds } from '../../../kube/kinds.ts';
import type { KubeObject } from '../../../kube/shapes.ts';
import type { IdentityDoctorInputs } from '../inputs.ts';
import type { ProgramTraces } from './program-side.ts';
import { tracePrograms } from './program-side.ts';

/** What the API server shows in its first answers. */
export type ClusterLists = Pick<
  DoctorFacts,
  'apiServer' | 'served' | 'nodes' | 'pods' | 'exceptions' | 'identities' | 'bindings' | 'assigned' | 'policies'
>;

export interface FirstLook {
  readonly lists: ClusterLists;
  readonly traces: ProgramTraces;
}

/** The same for a cluster that nobody could open. */
export function unopened(opened: Looked<unknown>): FirstLook {
  const nothing = unreached('the API server was not reached');
  return {
    lists: {
      apiServer: opened.state === 'unknown' ? opened : nothing,
      served: nothing,
      nodes: nothing,
      pods: nothing,
      exceptions: nothing,
      identities: nothing,
      bindings: nothing,
      assigned: nothing,
      policies: nothing,
    },
    traces: { mic: nothing, nmi: nothing, roleBindings: nothing },
  };
}

/** All lists at once: none of them depends on another. */
export async function lookAtCluster(
  cluster: KubeCluster,
  inputs: Pick<IdentityDoctorInputs, 'namespace' | 'podSelector'>,
  signal: AbortSignal,
): Promise<FirstLook> {
  const all = <Shape extends KubeObject>(kind: KubeKind<Shape>): Promise<Looked<readonly Shape[]>> =>
    look(() => cluster.list(kind, {}, signal));
  const { namespace, podSelector: labelSelector = BINDING_LABEL } = inputs;
  const [identities, bindings, assigned, exceptions, nodes, pods, policies, traces] = await Promise.all([
    all(kinds.azureIdentity),
    all(kinds.azureIdentityBinding),
    all(kinds.azureAssignedIdentity),
    all(kinds.azurePodIdentityException),
    all(kinds.node),
    look(async () => living(await cluster.list(kinds.pod, { namespace, labelSelector }, signal))),
    look(() => cluster.list(kinds.networkPolicy, { namespace }, signal)),
    tracePrograms(cluster, signal),
  ]);
  const own = { identities, bindings, assigned, exceptions };
  const lists = {
    apiServer: answered([...Object.values(own), nodes, pods, policies, traces.mic, traces.nmi]),
    served: servedOf(own),
    nodes,
    pods,
    policies,
    identities: whereServed(identities),
    bindings: whereServed(bindings),
    assigned: whereServed(assigned),
    exceptions: whereServed(exceptions),
  };
  return { lists, traces };
}

/** Pods that are on their way out, or ended, ask for nothing any more. */
function living<Shape extends KubeObject & { readonly status?: { readonly phase?: string } }>(
  pods: readonly Shape[],
): readonly Shape[] {
  return pods.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(status?.phase ?? ''),
  );
}

/** Who is refused got an answer, and so did who asked for a kind that is not there. */
const ANSWERS = new Set(['KUB004', 'KUB005', 'KUB008', 'KUB009']);

function answered(looks: readonly Looked<unknown>[]): Looked<true> {
  for (const looked of looks) {
    if (looked.state === 'seen') return seen(true);
    if (looked.state === 'unknown' && ANSWERS.has(looked.diagnostic.code)) return seen(true);
  }
  return looks.find((looked) => looked.state === 'unknown') ?? unreached('nobody asked it');
}

function isUnserved(looked: Looked<unknown>): boolean {
  return looked.state === 'unknown' && (looked.diagnostic.code === 'KUB008' || looked.diagnostic.code === 'KUB005');
}

/** A refusal by rights comes before the question whether the kind exists, so it says nothing of it. */
function servedOf(
  lists: Pick<ClusterLists, 'identities' | 'bindings' | 'assigned' | 'exceptions'>,
): ClusterLists['served'] {
  const plurals = {
    identities: kinds.azureIdentity.plural,
    bindings: kinds.azureIdentityBinding.plural,
    assigned: kinds.azureAssignedIdentity.plural,
    exceptions: kinds.azurePodIdentityException.plural,
  } as const;
  const names = Object.keys(plurals) as (keyof typeof plurals)[];
  const someSeen = names.some((name) => lists[name].state === 'seen');
  for (const name of names) {
    const looked = lists[name];
    if (!someSeen && looked.state === 'unknown' && !isUnserved(looked)) return looked;
  }
  return seen(new Set(names.filter((name) => !isUnserved(lists[name])).map((name) => plurals[name])));
}

function whereServed<Value>(looked: Looked<Value>): Looked<Value> {
  return isUnserved(looked) ? unreached('the kind is not served') : looked;
}
