/** Gives every pod without a node the node that suits it and has the fewest pods of its kind. */
import type { ClusterClient } from '../../contracts.ts';
import { recordEvent } from './events.ts';
import { ignoringMissing, isActive, timestamp, withCondition, writeStatus } from './objects.ts';
import { refusal } from './placing.ts';
import { controllerOf, keyOf, startReconciler, type Controller } from './reconciler.ts';
import { resources, type Node, type Pod } from './shapes.ts';

export function startScheduler(client: ClusterClient): Controller {
  const waiting = new Set<string>();
  return startReconciler({
    client,
    triggers: [
      {
        resource: resources.pods,
        keys: (object) => ((object as Pod).spec.nodeName === undefined ? [keyOf(object)] : []),
      },
      { resource: resources.nodes, keys: () => [...waiting] },
    ],
    reconcile: async (namespace, name) => {
      waiting.delete(`${namespace}/${name}`);
      const pod = (await client.get(resources.pods, namespace, name)) as Pod | undefined;
      if (pod === undefined || pod.spec.nodeName !== undefined || !isActive(pod)) return undefined;
      if (!(await schedule(client, pod))) waiting.add(`${namespace}/${name}`);
      return undefined;
    },
  });
}

async function schedule(client: ClusterClient, pod: Pod): Promise<boolean> {
  const nodes = (await client.list(resources.nodes)) as readonly Node[];
  const tolerations = pod.spec.tolerations ?? [];
  const verdicts = nodes.map((node) => ({ node, why: refusal(pod.spec, node, tolerations) }));
  const suitable = verdicts.filter(({ why }) => why === undefined).map(({ node }) => node);
  const chosen = await leastUsed(client, pod, suitable);
  if (chosen === undefined) {
    await refuse(
      client,
      pod,
      nodes.length,
      verdicts.map(({ why }) => why ?? ''),
    );
    return false;
  }
  const { name, namespace } = pod.metadata;
  const binding = { spec: { nodeName: chosen.metadata.name } };
  await ignoringMissing(client.mergePatch(resources.pods, pod, binding, 'binding'));
  const message = `Successfully assigned ${namespace ?? ''}/${name} to ${chosen.metadata.name}`;
  await recordEvent(client, pod, { type: 'Normal', reason: 'Scheduled', message, component: 'default-scheduler' });
  return true;
}

/** The real scheduler scores by hostname spread first; the name decides between equals, so that runs are alike. */
async function leastUsed(client: ClusterClient, pod: Pod, nodes: readonly Node[]): Promise<Node | undefined> {
  const pods = ((await client.list(resources.pods)) as readonly Pod[]).filter(isActive);
  const owner = controllerOf(pod)?.uid;
  const load = (node: Node): readonly [number, number] => {
    const here = pods.filter((other) => other.spec.nodeName === node.metadata.name);
    const siblings = owner === undefined ? [] : here.filter((other) => controllerOf(other)?.uid === owner);
    return [siblings.length, here.length];
  };
  const scored = nodes.map((node) => ({ node, load: load(node) }));
  scored.sort((left, right) => left.load[0] - right.load[0] || left.load[1] - right.load[1]);
  return scored[0]?.node;
}

async function refuse(client: ClusterClient, pod: Pod, nodeCount: number, reasons: readonly string[]): Promise<void> {
  const counted = [...new Set(reasons)].map((why) => `${reasons.filter((other) => other === why).length} ${why}`);
  const detail = counted.length === 0 ? 'no nodes available to schedule pods' : undefined;
  const message = detail ?? `0/${nodeCount} nodes are available: ${counted.join(', ')}.`;
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
  const conditions = withCondition(pod.status?.conditions ?? [], condition, timestamp());
  await writeStatus(client, resources.pods, pod, { phase: 'Pending', conditions });
  await recordEvent(client, pod, {
    type: 'Warning',
    reason: 'FailedScheduling',
    message,
    component: 'default-scheduler',
  });
}
