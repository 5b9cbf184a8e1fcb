/** Keeps as many pods as a ReplicaSet asks for. */
import { KubeStatusError, type ClusterClient, type KubeObject } from '../../contracts.ts';
import { recordEvent } from './events.ts';
import { ignoringMissing, isActive, isOwnedBy, isReady, timestamp, withCondition, writeStatus } from './objects.ts';
import { podFromTemplate } from './pod-from-template.ts';
import { keyOf, ownerKey, startReconciler, type Controller } from './reconciler.ts';
import { resources, type Condition, type Pod, type ReplicaSet } from './shapes.ts';

const COMPONENT = 'replicaset-controller';

export function startReplicaSets(client: ClusterClient): Controller {
  return startReconciler({
    client,
    triggers: [
      { resource: resources.replicaSets, keys: (object) => [keyOf(object)] },
      { resource: resources.pods, keys: (object) => ownerKey(object, 'ReplicaSet') },
    ],
    reconcile: async (namespace, name) => {
      const set = (await client.get(resources.replicaSets, namespace, name)) as ReplicaSet | undefined;
      if (set?.metadata.deletionTimestamp === undefined && set !== undefined) await reconcile(client, set);
      return undefined;
    },
  });
}

async function reconcile(client: ClusterClient, set: ReplicaSet): Promise<void> {
  const namespace = set.metadata.namespace ?? '';
  const all = (await client.list(resources.pods, { namespace })) as readonly Pod[];
  const pods = all.filter((pod) => isOwnedBy(pod, set) && isActive(pod));
  const failure = await scale(client, set, pods);
  const left = ((await client.list(resources.pods, { namespace })) as readonly Pod[]).filter(
    (pod) => isOwnedBy(pod, set) && isActive(pod),
  );
  const ready = left.filter(isReady).length;
  await writeStatus(client, resources.replicaSets, set, {
    replicas: left.length,
    fullyLabeledReplicas: left.length,
    readyReplicas: ready,
    availableReplicas: ready,
    observedGeneration: set.metadata.generation ?? 1,
    conditions: conditions(set, failure),
  });
  if (failure !== undefined) throw failure;
}

/** The first refusal stays: its text names a pod that never was, and the next one would name another. */
function conditions(set: ReplicaSet, failure: KubeStatusError | undefined): Condition[] {
  const old = set.status?.conditions ?? [];
  const isSaid = old.some(({ type }) => type === 'ReplicaFailure');
  if (failure === undefined) return old.filter(({ type }) => type !== 'ReplicaFailure');
  if (isSaid) return [...old];
  const { message } = failure.status;
  return withCondition(old, { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }, timestamp());
}

/** The refusal that stopped it, if there was one: the controller tries again later. */
async function scale(
  client: ClusterClient,
  set: ReplicaSet,
  pods: readonly Pod[],
): Promise<KubeStatusError | undefined> {
  const missing = (set.spec.replicas ?? 1) - pods.length;
  for (let index = 0; index < missing; index++) {
    const failure = await createPod(client, set);
    if (failure !== undefined) return failure;
  }
  for (const pod of pods.toSorted(leastWanted).slice(0, Math.max(0, -missing))) {
    await ignoringMissing(client.delete(resources.pods, set.metadata.namespace, pod.metadata.name));
    await tell(client, set, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }
  return undefined;
}

async function createPod(client: ClusterClient, set: ReplicaSet): Promise<KubeStatusError | undefined> {
  try {
    const pod = await client.create(resources.pods, podFromTemplate(set, set.spec.template));
    await tell(client, set, 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof KubeStatusError)) throw error;
    await tell(client, set, 'FailedCreate', `Error creating: ${error.status.message}`);
    return error;
  }
}

/** Pods without a node go first, then those not ready, then the youngest. */
function leastWanted(left: Pod, right: Pod): number {
  const rank = (pod: Pod): number => (pod.spec.nodeName === undefined ? 0 : isReady(pod) ? 2 : 1);
  const age = (pod: Pod): string => pod.metadata.creationTimestamp ?? '';
  return rank(left) - rank(right) || age(right).localeCompare(age(left));
}

async function tell(client: ClusterClient, about: KubeObject, reason: string, message: string): Promise<void> {
  const type = reason === 'FailedCreate' ? 'Warning' : 'Normal';
  await recordEvent(client, about, { type, reason, message, component: COMPONENT });
}
