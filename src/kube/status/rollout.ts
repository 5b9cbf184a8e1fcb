import type { Workload, WorkloadStatus } from '../shapes.ts';

/** How far a workload is, by its own status. `measured` counts what a reader would count. */
export type Rollout =
  | { readonly state: 'current'; readonly measured: string }
  | { readonly state: 'inProgress'; readonly measured: string }
  | { readonly state: 'failed'; readonly measured: string; readonly reason: string };

/**
 * Judges a workload of any kind; it fetches nothing. The generation is looked at before anything else,
 * because every other field may still speak of the old template. Rules: kubectl rollout status and kstatus.
 */
export function rolloutOf(workload: Workload): Rollout {
  const { generation = 0, deletionTimestamp } = workload.metadata;
  const status = workload.status ?? {};
  if (deletionTimestamp !== undefined) return { state: 'failed', measured: 'is being deleted', reason: 'Terminating' };
  // Argo Rollouts writes it as text.
  if (workload.kind !== 'CronJob' && Number(status.observedGeneration ?? 0) < generation)
    return { state: 'inProgress', measured: 'the controller has not seen the change yet' };
  const judge = judges[workload.kind] ?? deployment;
  return judge(status, workload);
}

const judges: Readonly<Record<string, (status: WorkloadStatus, workload: Workload) => Rollout>> = {
  DaemonSet: daemonSet,
  StatefulSet: statefulSet,
  CronJob: () => ({ state: 'current', measured: 'its next run takes the change' }),
  ReplicaSet: newPodsOnly,
  ReplicationController: newPodsOnly,
  Rollout: argoRollout,
};

function newPodsOnly(): Rollout {
  return { state: 'current', measured: 'new pods take the change, those that run keep what they have' };
}

const ZERO = {
  replicas: 0,
  updatedReplicas: 0,
  readyReplicas: 0,
  availableReplicas: 0,
  desiredNumberScheduled: 0,
  updatedNumberScheduled: 0,
  numberAvailable: 0,
} as const satisfies WorkloadStatus;

/** Phases of Argo Rollouts: Healthy, Progressing, Paused, Degraded, and those of its errors. */
function argoRollout({ phase = '', message = '' }: WorkloadStatus): Rollout {
  const measured = `${phase === '' ? 'without a phase yet' : phase}${message === '' ? '' : ` (${message})`}`;
  if (phase === 'Healthy') return { state: 'current', measured };
  // A step of its own, which somebody promotes.
  if (phase === 'Paused') return { state: 'current', measured: `${measured}, goes on when it is promoted` };
  if (phase === 'Degraded') return { state: 'failed', measured, reason: `Degraded: ${message}` };
  return { state: 'inProgress', measured };
}

function deployment(status: WorkloadStatus, workload: Workload): Rollout {
  if (workload.spec?.paused === true)
    return { state: 'current', measured: 'paused: takes the change when it is resumed (kubectl rollout resume)' };
  const wanted = workload.spec?.replicas ?? 1;
  // The API server leaves out counts that are zero.
  const { replicas, updatedReplicas, availableReplicas } = { ...ZERO, ...status };
  const measured = `${Math.min(availableReplicas, updatedReplicas)} of ${wanted} pods ready`;
  const reason = failureOf(status);
  if (reason !== undefined) return { state: 'failed', measured, reason };
  if (updatedReplicas < wanted)
    return { state: 'inProgress', measured: `${updatedReplicas} of ${wanted} pods updated` };
  const old = replicas - updatedReplicas;
  if (old > 0) return { state: 'inProgress', measured: `${old} old ${old === 1 ? 'pod' : 'pods'} still there` };
  return { state: availableReplicas < wanted ? 'inProgress' : 'current', measured };
}

function failureOf({ conditions = [] }: WorkloadStatus): string | undefined {
  const failure = conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  if (failure) return `${failure.reason ?? 'FailedCreate'}: ${failure.message ?? ''}`;
  return conditions.find(({ reason }) => reason === 'ProgressDeadlineExceeded')?.reason;
}

function statefulSet(status: WorkloadStatus, { spec = {} }: Workload): Rollout {
  const { replicas: wanted, updateStrategy } = { replicas: 1, updateStrategy: {}, ...spec };
  if (updateStrategy.type === 'OnDelete')
    return { state: 'current', measured: 'pods take the change when they are deleted (OnDelete)' };
  const { updatedReplicas, readyReplicas } = { ...ZERO, ...status };
  const toUpdate = Math.max(wanted - (updateStrategy.rollingUpdate?.partition ?? 0), 0);
  const rolled = status.currentRevision === status.updateRevision || updatedReplicas >= toUpdate;
  if (!rolled) return { state: 'inProgress', measured: `${updatedReplicas} of ${toUpdate} pods updated` };
  const measured = `${readyReplicas} of ${wanted} pods ready`;
  return { state: readyReplicas < wanted ? 'inProgress' : 'current', measured };
}

function daemonSet(status: WorkloadStatus): Rollout {
  const { desiredNumberScheduled, updatedNumberScheduled, numberAvailable } = { ...ZERO, ...status };
  if (updatedNumberScheduled < desiredNumberScheduled)
    return { state: 'inProgress', measured: `${updatedNumberScheduled} of ${desiredNumberScheduled} nodes updated` };
  const measured = `${numberAvailable} of ${desiredNumberScheduled} nodes ready`;
  return { state: numberAvailable < desiredNumberScheduled ? 'inProgress' : 'current', measured };
}
