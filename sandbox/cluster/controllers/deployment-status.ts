/** What a Deployment says of itself: counts and the conditions that `kubectl rollout status` reads. */
import type { ClusterClient } from '../../contracts.ts';
import { portion, timestamp, withCondition, writeStatus } from './objects.ts';
import { resources, type Condition, type Deployment, type ReplicaSet } from './shapes.ts';

interface Counts {
  readonly desired: number;
  readonly replicas: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
}

/** Milliseconds until the progress deadline has to be looked at again, if it has. */
export async function writeDeploymentStatus(
  client: ClusterClient,
  deployment: Deployment,
  current: ReplicaSet,
  sets: readonly ReplicaSet[],
): Promise<number | undefined> {
  const counts = count(deployment, current, sets);
  const now = timestamp();
  const progress = progressing(deployment, current, counts);
  let conditions = [...(deployment.status?.conditions ?? [])];
  conditions = withCondition(conditions, availability(deployment, counts), now);
  conditions = withProgress(conditions, progress, now);
  const failure = current.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  if (failure === undefined) conditions = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  else conditions = withCondition(conditions, withoutTimes(failure), now);
  const missing = counts.desired - counts.available;
  await writeStatus(client, resources.deployments, deployment, {
    observedGeneration: deployment.metadata.generation ?? 1,
    replicas: counts.replicas,
    updatedReplicas: counts.updated,
    readyReplicas: counts.ready,
    availableReplicas: counts.available,
    ...(missing > 0 ? { unavailableReplicas: missing } : { unavailableReplicas: undefined }),
    conditions,
  });
  return complete(counts) ? undefined : untilDeadline(deployment, conditions);
}

function count(deployment: Deployment, current: ReplicaSet, sets: readonly ReplicaSet[]): Counts {
  const total = (field: 'replicas' | 'readyReplicas' | 'availableReplicas'): number => {
    let all = 0;
    for (const set of sets) all += set.status?.[field] ?? 0;
    return all;
  };
  return {
    desired: deployment.spec.replicas ?? 1,
    replicas: total('replicas'),
    updated: current.status?.replicas ?? 0,
    ready: total('readyReplicas'),
    available: total('availableReplicas'),
  };
}

function complete({ desired, replicas, updated, available }: Counts): boolean {
  return updated === desired && replicas === desired && available === desired;
}

function availability(deployment: Deployment, counts: Counts): Condition {
  const allowed = portion(deployment.spec.strategy?.rollingUpdate?.maxUnavailable, counts.desired, Math.floor);
  const unavailable = deployment.spec.strategy?.type === 'Recreate' ? counts.desired : allowed;
  const enough = counts.available >= counts.desired - unavailable;
  return enough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

function progressing(deployment: Deployment, current: ReplicaSet, counts: Counts): Condition {
  const what = `ReplicaSet "${current.metadata.name}"`;
  const type = 'Progressing';
  if (complete(counts)) {
    return { type, status: 'True', reason: 'NewReplicaSetAvailable', message: `${what} has successfully progressed.` };
  }
  if (isOverdue(deployment) && !moved(deployment, counts)) {
    const message = `${what} has timed out progressing.`;
    return { type, status: 'False', reason: 'ProgressDeadlineExceeded', message };
  }
  return { type, status: 'True', reason: 'ReplicaSetUpdated', message: `${what} is progressing.` };
}

function isOverdue(deployment: Deployment): boolean {
  const conditions = deployment.status?.conditions ?? [];
  const isSaid = conditions.some(({ reason }) => reason === 'ProgressDeadlineExceeded');
  return isSaid || untilDeadline(deployment, conditions) === 0;
}

/** Any change of the counts is progress and starts the deadline anew. */
function moved(deployment: Deployment, counts: Counts): boolean {
  const status = (deployment.status ?? {}) as Record<string, unknown>;
  return (
    status['observedGeneration'] !== deployment.metadata.generation ||
    status['updatedReplicas'] !== counts.updated ||
    status['availableReplicas'] !== counts.available ||
    status['replicas'] !== counts.replicas
  );
}

function withProgress(conditions: readonly Condition[], wanted: Condition, now: string): Condition[] {
  const old = conditions.find(({ type }) => type === 'Progressing');
  const next = withCondition(conditions, wanted, now);
  if (old?.reason === wanted.reason && old?.message === wanted.message) return next;
  return next.map((condition) =>
    condition.type === 'Progressing' ? { ...condition, lastUpdateTime: now } : condition,
  );
}

function untilDeadline(deployment: Deployment, conditions: readonly Condition[]): number | undefined {
  const progress = conditions.find(({ type }) => type === 'Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded') return undefined;
  const seconds = deployment.spec.progressDeadlineSeconds ?? 600;
  const since = Date.parse(progress?.lastUpdateTime ?? progress?.lastTransitionTime ?? timestamp());
  return Math.max(0, since + seconds * 1000 - Date.now());
}

function withoutTimes({ type, status, reason, message }: Condition): Condition {
  return {
    type,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
}
