/** Rolls a Deployment from ReplicaSet to ReplicaSet, one per pod template. */
import type { ClusterClient, KubeObject } from '../../contracts.ts';
import { writeDeploymentStatus } from './deployment-status.ts';
import { recordEvent } from './events.ts';
import { ignoringMissing, isOwnedBy, ownerReference, portion, templateHash } from './objects.ts';
import { keyOf, ownerKey, startReconciler, type Controller } from './reconciler.ts';
import { resources, type Deployment, type ReplicaSet } from './shapes.ts';

const HASH_LABEL = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';

export function startDeployments(client: ClusterClient): Controller {
  return startReconciler({
    client,
    triggers: [
      { resource: resources.deployments, keys: (object) => [keyOf(object)] },
      { resource: resources.replicaSets, keys: (object) => ownerKey(object, 'Deployment') },
    ],
    reconcile: async (namespace, name) => {
      const deployment = (await client.get(resources.deployments, namespace, name)) as Deployment | undefined;
      if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return undefined;
      return reconcile(client, deployment);
    },
  });
}

async function reconcile(client: ClusterClient, deployment: Deployment): Promise<number | undefined> {
  const found = await setsOf(client, deployment);
  const hash = templateHash(deployment.spec.template);
  const present = found.find((set) => set.metadata.labels?.[HASH_LABEL] === hash);
  const current = present ?? (await createSet(client, deployment, hash, found));
  await raiseRevision(client, deployment, current, found);
  const others = found.filter((set) => set.metadata.uid !== current.metadata.uid);
  if (deployment.spec.strategy?.type === 'Recreate') await recreate(client, deployment, current, others);
  else await roll(client, deployment, current, others);
  await forgetOldSets(client, deployment, others);
  const sets = await setsOf(client, deployment);
  const updated = sets.find((set) => set.metadata.uid === current.metadata.uid) ?? current;
  return writeDeploymentStatus(client, deployment, updated, sets);
}

async function setsOf(client: ClusterClient, deployment: Deployment): Promise<ReplicaSet[]> {
  const { namespace } = deployment.metadata;
  const sets = await client.list(resources.replicaSets, namespace === undefined ? {} : { namespace });
  return (sets as readonly ReplicaSet[]).filter((set) => isOwnedBy(set, deployment));
}

async function createSet(
  client: ClusterClient,
  deployment: Deployment,
  hash: string,
  others: readonly ReplicaSet[],
): Promise<ReplicaSet> {
  const { template, selector } = deployment.spec;
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  const object = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: { [REVISION]: String(lastRevision(others) + 1) },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: 0,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
  return (await client.create(resources.replicaSets, object as unknown as KubeObject)) as ReplicaSet;
}

function revisionOf(object: KubeObject): number {
  return Number(object.metadata.annotations?.[REVISION] ?? '0');
}

function lastRevision(sets: readonly ReplicaSet[]): number {
  return Math.max(0, ...sets.map(revisionOf));
}

/** A template that comes back gets the next revision; the Deployment shows its ReplicaSet's. */
async function raiseRevision(
  client: ClusterClient,
  deployment: Deployment,
  current: ReplicaSet,
  found: readonly ReplicaSet[],
): Promise<void> {
  const others = found.filter((set) => set.metadata.uid !== current.metadata.uid);
  const revision = Math.max(revisionOf(current), lastRevision(others) + 1, 1);
  const patch = { metadata: { annotations: { [REVISION]: String(revision) } } };
  if (revisionOf(current) !== revision) await client.mergePatch(resources.replicaSets, current, patch);
  if (revisionOf(deployment) !== revision) await client.mergePatch(resources.deployments, deployment, patch);
}

async function recreate(
  client: ClusterClient,
  deployment: Deployment,
  current: ReplicaSet,
  others: readonly ReplicaSet[],
): Promise<void> {
  for (const set of others) await scale(client, deployment, set, 0);
  if (others.every((set) => (set.status?.replicas ?? 0) === 0)) {
    await scale(client, deployment, current, deployment.spec.replicas ?? 1);
  }
}

/** The arithmetic of the real controller: never more than desired + surge, never fewer ready than desired - unavailable. */
async function roll(
  client: ClusterClient,
  deployment: Deployment,
  current: ReplicaSet,
  others: readonly ReplicaSet[],
): Promise<void> {
  const desired = deployment.spec.replicas ?? 1;
  if (deployment.spec.paused === true && others.length > 0) return;
  const { surge, unavailable } = limits(deployment, desired);
  const total = sum([current, ...others], (set) => set.spec.replicas ?? 0);
  const wanted = current.spec.replicas ?? 0;
  const room = Math.max(0, desired + surge - total);
  const next = wanted > desired ? desired : Math.min(desired, wanted + room);
  await scale(client, deployment, current, next);

  const least = desired - unavailable;
  const newUnavailable = Math.max(0, next - (current.status?.availableReplicas ?? 0));
  const available = sum([current, ...others], (set) => set.status?.availableReplicas ?? 0);
  const broken = sum(others, (set) => (set.spec.replicas ?? 0) - (set.status?.availableReplicas ?? 0));
  const expendable = Math.max(0, available - least) + Math.max(0, broken);
  await shrink(client, deployment, others, Math.min(Math.max(0, total - least - newUnavailable), expendable));
}

/** Takes so many replicas from the old sets, the oldest first. */
async function shrink(
  client: ClusterClient,
  deployment: Deployment,
  others: readonly ReplicaSet[],
  count: number,
): Promise<void> {
  let left = count;
  for (const set of others.toSorted((one, other) => revisionOf(one) - revisionOf(other))) {
    const replicas = set.spec.replicas ?? 0;
    const fewer = Math.min(replicas, left);
    left -= fewer;
    await scale(client, deployment, set, replicas - fewer);
  }
}

function limits(deployment: Deployment, desired: number): { surge: number; unavailable: number } {
  const rolling = deployment.spec.strategy?.rollingUpdate;
  const surge = portion(rolling?.maxSurge, desired, Math.ceil);
  const unavailable = portion(rolling?.maxUnavailable, desired, Math.floor);
  // Both zero would stand still for ever: the real controller then lets one be missing.
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

async function scale(client: ClusterClient, deployment: Deployment, set: ReplicaSet, replicas: number): Promise<void> {
  const before = set.spec.replicas ?? 0;
  if (before === replicas) return;
  await ignoringMissing(client.mergePatch(resources.replicaSets, set, { spec: { replicas } }));
  const direction = replicas > before ? 'up' : 'down';
  await recordEvent(client, deployment, {
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${replicas}`,
    component: 'deployment-controller',
  });
}

async function forgetOldSets(
  client: ClusterClient,
  deployment: Deployment,
  others: readonly ReplicaSet[],
): Promise<void> {
  const empty = others.filter((set) => (set.spec.replicas ?? 0) === 0 && (set.status?.replicas ?? 0) === 0);
  const surplus = empty.length - (deployment.spec.revisionHistoryLimit ?? 10);
  for (const set of empty.toSorted((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, surplus))) {
    await ignoringMissing(client.delete(resources.replicaSets, set.metadata.namespace, set.metadata.name));
  }
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += value(item);
  return total;
}
