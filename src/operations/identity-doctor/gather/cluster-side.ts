import { BINDING_LABEL } from '../../../checks/doctor/bound.ts';
import type { DoctorFacts, ProgramFact } from '../../../checks/doctor/facts.ts';
import type { Looked } from '../../../checks/doctor/looked.ts';
import { look, lookOn, seen, unreached, valueOr } from '../../../checks/doctor/looked.ts';
import type { KubeCluster } from '../../../kube/cluster.ts';
import type { KubeKind } from '../../../kube/kinds.ts';
import { kinds } from '../../../kube/kinds.ts';
import type { KubeObject } from '../../../kube/shapes.ts';
import type { IdentityDoctorInputs } from '../inputs.ts';
import { describeProgram, findProgram, MIC, NMI, readLeader } from './programs.ts';
import { readRights, readRoleBindings } from './rights.ts';

/** What the API server shows, logs apart. */
export type ClusterSide = Pick<
  DoctorFacts,
  | 'apiServer'
  | 'served'
  | 'nodes'
  | 'pods'
  | 'mic'
  | 'nmi'
  | 'leader'
  | 'rights'
  | 'exceptions'
  | 'identities'
  | 'bindings'
  | 'assigned'
  | 'policies'
>;

/** The same for a cluster that nobody could open. */
export function unopened(opened: Looked<unknown>): ClusterSide {
  const nothing = unreached('the API server was not reached');
  return {
    apiServer: opened.state === 'unknown' ? opened : nothing,
    served: nothing,
    nodes: nothing,
    pods: nothing,
    mic: nothing,
    nmi: nothing,
    leader: nothing,
    rights: nothing,
    exceptions: nothing,
    identities: nothing,
    bindings: nothing,
    assigned: nothing,
    policies: nothing,
  };
}

/** All lists at once; then what hangs on MIC and NMI. */
export async function lookAtCluster(
  cluster: KubeCluster,
  { namespace, podSelector }: Pick<IdentityDoctorInputs, 'namespace' | 'podSelector'>,
  signal: AbortSignal,
): Promise<ClusterSide> {
  const all = <Shape extends KubeObject>(kind: KubeKind<Shape>): Promise<Looked<readonly Shape[]>> =>
    look(() => cluster.list(kind, {}, signal));
  const labelSelector = podSelector ?? BINDING_LABEL;
  const [identities, bindings, assigned, exceptions, nodes, pods, policies, programs] = await Promise.all([
    all(kinds.azureIdentity),
    all(kinds.azureIdentityBinding),
    all(kinds.azureAssignedIdentity),
    all(kinds.azurePodIdentityException),
    all(kinds.node),
    look(async () => living(await cluster.list(kinds.pod, { namespace, labelSelector }, signal))),
    look(() => cluster.list(kinds.networkPolicy, { namespace }, signal)),
    lookAtPrograms(cluster, signal),
  ]);
  const own = { identities, bindings, assigned, exceptions };
  return {
    apiServer: answered([...Object.values(own), nodes, pods, policies, programs.mic, programs.nmi]),
    served: servedOf(own),
    nodes,
    pods,
    policies,
    ...programs,
    identities: whereServed(identities),
    bindings: whereServed(bindings),
    assigned: whereServed(assigned),
    exceptions: whereServed(exceptions),
  };
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

type Programs = Pick<ClusterSide, 'mic' | 'nmi' | 'leader' | 'rights'>;

async function lookAtPrograms(cluster: KubeCluster, signal: AbortSignal): Promise<Programs> {
  const program = async (sought: typeof MIC): Promise<Looked<ProgramFact | undefined>> =>
    lookOn(await look(() => findProgram(cluster, sought, signal)), (workload) =>
      describeProgram(cluster, sought, workload, signal),
    );
  const micLooked = program(MIC);
  const [mic, nmi, bindings, leader] = await Promise.all([
    micLooked,
    program(NMI),
    look(() => readRoleBindings(cluster, signal)),
    micLooked.then((looked) => lookOn(looked, (found) => readLeader(cluster, found, signal))),
  ]);
  const both = { mic: valueOr(mic, undefined), nmi: valueOr(nmi, undefined) };
  const rights =
    both.mic || both.nmi
      ? await lookOn(bindings, (found) => readRights(cluster, found, both, signal))
      : unreached('neither MIC nor NMI is there');
  return { mic, nmi, leader, rights };
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
  lists: Pick<ClusterSide, 'identities' | 'bindings' | 'assigned' | 'exceptions'>,
): ClusterSide['served'] {
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
