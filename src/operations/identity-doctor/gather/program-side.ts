import type { DoctorFacts, ProgramFact, ProgramSetup } from '../../../checks/doctor/facts.ts';
import type { Looked } from '../../../checks/doctor/looked.ts';
import { look, lookOn, unreached, valueOr } from '../../../checks/doctor/looked.ts';
import type { KubeCluster } from '../../../kube/cluster.ts';
import type { ClusterRoleBinding, Workload } from '../../../kube/shapes.ts';
import type { Sought } from './programs.ts';
import { findProgram, MIC, NMI, readLeader, setupOf, withPods } from './programs.ts';
import { readRights, readRoleBindings } from './rights.ts';

/** What hangs on MIC and NMI, logs apart. */
export type Programs = Pick<DoctorFacts, 'mic' | 'nmi' | 'leader' | 'rights'>;

/** What {@link lookAtPrograms} goes on from. */
export interface ProgramTraces {
  readonly mic: Looked<Workload | undefined>;
  readonly nmi: Looked<Workload | undefined>;
  readonly roleBindings: Looked<readonly ClusterRoleBinding[]>;
}

export async function tracePrograms(cluster: KubeCluster, signal: AbortSignal): Promise<ProgramTraces> {
  const [mic, nmi, roleBindings] = await Promise.all([
    look(() => findProgram(cluster, MIC, signal)),
    look(() => findProgram(cluster, NMI, signal)),
    look(() => readRoleBindings(cluster, signal)),
  ]);
  return { mic, nmi, roleBindings };
}

/** Pods, leader and rights of MIC and NMI, side by side. */
export async function lookAtPrograms(
  cluster: KubeCluster,
  { mic, nmi, roleBindings }: ProgramTraces,
  signal: AbortSignal,
): Promise<Programs> {
  const described = (sought: Sought, looked: Looked<Workload | undefined>): Promise<Looked<ProgramFact | undefined>> =>
    lookOn(looked, async (workload) => workload && withPods(cluster, setupOf(sought, workload), workload, signal));
  const setups = { mic: setupIn(MIC, mic), nmi: setupIn(NMI, nmi) };
  const rights =
    setups.mic || setups.nmi
      ? lookOn(roleBindings, (found) => readRights(cluster, found, setups, signal))
      : Promise.resolve(unreached('neither MIC nor NMI is there'));
  const [micFact, nmiFact, leader, lacking] = await Promise.all([
    described(MIC, mic),
    described(NMI, nmi),
    lookOn(mic, async (workload) => workload && readLeader(cluster, setupOf(MIC, workload), signal)),
    rights,
  ]);
  return { mic: micFact, nmi: nmiFact, leader, rights: lacking };
}

function setupIn(sought: Sought, looked: Looked<Workload | undefined>): ProgramSetup | undefined {
  const workload = valueOr(looked, undefined);
  return workload && setupOf(sought, workload);
}
