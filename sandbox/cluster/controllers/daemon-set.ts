/** One pod on every node that a DaemonSet matches. */
import { KubeStatusError, type ClusterClient } from '../../contracts.ts';
import { recordEvent } from './events.ts';
import { ignoringMissing, isActive, isOwnedBy, isReady, portion, templateHash, writeStatus } from './objects.ts';
import { refusal } from './placing.ts';
import { podFromTemplate } from './pod-from-template.ts';
import { keyOf, ownerKey, startReconciler, type Controller } from './reconciler.ts';
import { resources, type DaemonSet, type Node, type Pod, type Toleration } from './shapes.ts';

const HASH_LABEL = 'controller-revision-hash';

/** What the controller adds to every pod, so that a node in trouble keeps its daemons. */
const TOLERATIONS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

export function startDaemonSets(client: ClusterClient): Controller {
  const known = new Set<string>();
  return startReconciler({
    client,
    triggers: [
      {
        resource: resources.daemonSets,
        keys: (object) => {
          known.add(keyOf(object));
          return [keyOf(object)];
        },
      },
      { resource: resources.pods, keys: (object) => ownerKey(object, 'DaemonSet') },
      { resource: resources.nodes, keys: () => [...known] },
    ],
    reconcile: async (namespace, name) => {
      const set = (await client.get(resources.daemonSets, namespace, name)) as DaemonSet | undefined;
      if (set === undefined) known.delete(`${namespace}/${name}`);
      else if (set.metadata.deletionTimestamp === undefined) await reconcile(client, set);
      return undefined;
    },
  });
}

async function reconcile(client: ClusterClient, set: DaemonSet): Promise<void> {
  const nodes = (await client.list(resources.nodes)) as readonly Node[];
  const wanted = nodes.filter((node) => suits(set, node));
  const hash = templateHash(set.spec.template);
  const failure = await place(client, set, wanted, hash);
  await removeStrangers(client, set, nodes);
  await replaceOld(client, set, wanted.length, hash);
  await writeCounts(client, set, wanted, hash);
  if (failure !== undefined) throw failure;
}

function suits(set: DaemonSet, node: Node): boolean {
  const { spec } = set.spec.template;
  const tolerations = [...(spec.tolerations ?? []), ...TOLERATIONS];
  const cordoned: Node = { ...node, spec: { ...node.spec, unschedulable: false } };
  return refusal(spec, cordoned, tolerations) === undefined;
}

async function podsOf(client: ClusterClient, set: DaemonSet): Promise<Pod[]> {
  const { namespace } = set.metadata;
  const pods = (await client.list(resources.pods, namespace === undefined ? {} : { namespace })) as readonly Pod[];
  return pods.filter((pod) => isOwnedBy(pod, set));
}

async function place(
  client: ClusterClient,
  set: DaemonSet,
  wanted: readonly Node[],
  hash: string,
): Promise<KubeStatusError | undefined> {
  const pods = await podsOf(client, set);
  for (const node of wanted) {
    const here = pods.filter((pod) => pod.spec.nodeName === node.metadata.name);
    for (const extra of here.filter(isActive).slice(1)) await remove(client, extra);
    if (here.length > 0) continue;
    const failure = await createPod(client, set, node, hash);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** A taint that only keeps new pods off lets those stay that are there. */
function mayStay(set: DaemonSet, node: Node): boolean {
  const taints = node.spec?.taints?.filter(({ effect }) => effect === 'NoExecute') ?? [];
  return suits(set, { ...node, spec: { ...node.spec, taints } });
}

async function removeStrangers(client: ClusterClient, set: DaemonSet, nodes: readonly Node[]): Promise<void> {
  const names = new Set(nodes.filter((node) => mayStay(set, node)).map((node) => node.metadata.name));
  for (const pod of (await podsOf(client, set)).filter(isActive)) {
    if (!names.has(pod.spec.nodeName ?? '')) await remove(client, pod);
  }
}

async function remove(client: ClusterClient, pod: Pod): Promise<void> {
  await ignoringMissing(client.delete(resources.pods, pod.metadata.namespace, pod.metadata.name));
}

async function createPod(
  client: ClusterClient,
  set: DaemonSet,
  node: Node,
  hash: string,
): Promise<KubeStatusError | undefined> {
  const { spec } = set.spec.template;
  const hostNetwork: readonly Toleration[] =
    spec.hostNetwork === true
      ? [{ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' }]
      : [];
  const labels = { [HASH_LABEL]: hash, 'pod-template-generation': String(set.metadata.generation ?? 1) };
  const pod = podFromTemplate(set, set.spec.template, labels, {
    tolerations: [...(spec.tolerations ?? []), ...TOLERATIONS, ...hostNetwork],
    nodeName: node.metadata.name,
  });
  const component = 'daemonset-controller';
  try {
    const { metadata } = await client.create(resources.pods, pod);
    const message = `Created pod: ${metadata.name}`;
    await recordEvent(client, set, { type: 'Normal', reason: 'SuccessfulCreate', message, component });
    return undefined;
  } catch (error) {
    if (!(error instanceof KubeStatusError)) throw error;
    const message = `Error creating: ${error.status.message}`;
    await recordEvent(client, set, { type: 'Warning', reason: 'FailedCreate', message, component });
    return error;
  }
}

/** RollingUpdate: as many old pods at a time as may be missing, those that are not ready first. */
async function replaceOld(client: ClusterClient, set: DaemonSet, desired: number, hash: string): Promise<void> {
  const strategy = set.spec.updateStrategy;
  if (strategy?.type === 'OnDelete') return;
  const pods = await podsOf(client, set);
  const old = pods.filter((pod) => isActive(pod) && pod.metadata.labels?.[HASH_LABEL] !== hash);
  if (old.length === 0) return;
  const allowed = Math.max(1, portion(strategy?.rollingUpdate?.maxUnavailable ?? 1, desired, Math.ceil));
  const missing = desired - pods.filter((pod) => isActive(pod) && isReady(pod)).length;
  for (const pod of old.filter((candidate) => !isReady(candidate))) await remove(client, pod);
  const room = Math.max(0, allowed - missing);
  for (const pod of old.filter(isReady).slice(0, room)) await remove(client, pod);
}

async function writeCounts(
  client: ClusterClient,
  set: DaemonSet,
  wanted: readonly Node[],
  hash: string,
): Promise<void> {
  const names = new Set(wanted.map((node) => node.metadata.name));
  const active = (await podsOf(client, set)).filter(isActive);
  const placed = active.filter((pod) => names.has(pod.spec.nodeName ?? ''));
  const ready = placed.filter(isReady).length;
  await writeStatus(client, resources.daemonSets, set, {
    currentNumberScheduled: placed.length,
    desiredNumberScheduled: wanted.length,
    numberAvailable: ready,
    numberMisscheduled: active.length - placed.length,
    numberReady: ready,
    numberUnavailable: wanted.length - ready,
    observedGeneration: set.metadata.generation ?? 1,
    updatedNumberScheduled: placed.filter((pod) => pod.metadata.labels?.[HASH_LABEL] === hash).length,
  });
}
