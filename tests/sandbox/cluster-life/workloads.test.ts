import assert from 'node:assert/strict';
import type { V1DaemonSet, V1Deployment } from '@kubernetes/client-node';
import { apply, deployment, eventually, podsOf, readyPod, startWorld, type World } from './world.ts';

const namespace = 'default';

describe('Workloads in the sandbox', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(async () => world.stop());

  const rolledOut = async (name: string): Promise<V1Deployment> =>
    eventually(async () => {
      const found = await world.apps.readNamespacedDeployment({ name, namespace });
      const { status, spec, metadata } = found;
      assert.equal(status?.observedGeneration, metadata?.generation);
      assert.equal(status?.updatedReplicas, spec?.replicas);
      assert.equal(status?.replicas, spec?.replicas);
      assert.equal(status?.availableReplicas, spec?.replicas);
      return found;
    });

  it('a Deployment comes up, spread over the nodes, and says so', async () => {
    await apply(world, deployment('web', { replicas: 4, spec: { nodeSelector: { 'kubernetes.io/os': 'linux' } } }));
    const { status } = await rolledOut('web');
    const reasons = status?.conditions?.map(({ type, status: is, reason }) => `${type} ${is} ${reason ?? ''}`).sort();
    assert.deepEqual(reasons, ['Available True MinimumReplicasAvailable', 'Progressing True NewReplicaSetAvailable']);
    const nodes = (await podsOf(world, 'app=web')).map(({ spec }) => spec?.nodeName).sort();
    assert.deepEqual(nodes, ['node-0', 'node-0', 'node-1', 'node-1']);
  });

  it('a changed template rolls pod by pod and keeps the old ReplicaSet, empty', async () => {
    const before = new Set((await podsOf(world, 'app=web')).map(({ metadata }) => metadata?.uid));
    const body = { spec: { template: { metadata: { labels: { aadpodidbinding: 'x' } } } } };
    await world.objects.patch({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace },
      ...body,
    });
    await eventually(async () => {
      const deployed = await rolledOut('web');
      assert.equal(deployed.metadata?.annotations?.['deployment.kubernetes.io/revision'], '2');
      const pods = await podsOf(world, 'app=web');
      assert.equal(pods.length, 4);
      assert.ok(
        pods.every(({ metadata }) => metadata?.labels?.['aadpodidbinding'] === 'x' && !before.has(metadata.uid)),
      );
    });
    const { items } = await world.apps.listNamespacedReplicaSet({ namespace, labelSelector: 'app=web' });
    assert.deepEqual(items.map(({ spec }) => spec?.replicas).sort(), [0, 4]);
  });

  it('the same template again makes no third ReplicaSet', async () => {
    const { spec } = await world.apps.readNamespacedDeployment({ name: 'web', namespace });
    const again = { template: spec?.template, replicas: 1 };
    const metadata = { name: 'web', namespace };
    await world.objects.patch({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: again } as never);
    await rolledOut('web');
    const { items } = await world.apps.listNamespacedReplicaSet({ namespace, labelSelector: 'app=web' });
    assert.equal(items.length, 2);
  });

  it('deleting a Deployment takes its ReplicaSets and pods along', async () => {
    await world.apps.deleteNamespacedDeployment({ name: 'web', namespace });
    await eventually(async () => {
      const { items } = await world.apps.listNamespacedReplicaSet({ namespace, labelSelector: 'app=web' });
      assert.deepEqual([items.length, (await podsOf(world, 'app=web')).length], [0, 0]);
    });
  });

  it('a deleted pod is replaced', async () => {
    await apply(world, deployment('one'));
    const first = await readyPod(world, 'app=one');
    await world.core.deleteNamespacedPod({ name: first.metadata?.name ?? '', namespace });
    await eventually(async () => {
      const pods = await podsOf(world, 'app=one');
      assert.equal(pods.length, 1);
      assert.notEqual(pods[0]?.metadata?.uid, first.metadata?.uid);
    });
  });

  for (const [fault, reason] of [
    ['ImagePullBackOff', 'ImagePullBackOff'],
    ['CrashLoopBackOff', 'CrashLoopBackOff'],
    ['NeverReady', undefined],
  ] as const) {
    it(`a template with the fault ${fault} stays unready and shows why`, async () => {
      const name = fault.toLowerCase();
      await apply(world, deployment(name, { annotations: { 'sandbox.keyless-pods/fault': fault } }));
      await eventually(async () => {
        const [pod] = await podsOf(world, `app=${name}`);
        const [container] = pod?.status?.containerStatuses ?? [];
        assert.ok(container);
        assert.deepEqual([container.state?.waiting?.reason, container.ready], [reason, false]);
        const { status } = await world.apps.readNamespacedDeployment({ name, namespace });
        assert.equal(status?.unavailableReplicas, 1);
        const available = status.conditions?.find(({ type }) => type === 'Available');
        assert.equal(available?.status, 'False');
      });
    });
  }

  it('a rollout to a broken image keeps the old pod', async () => {
    await world.objects.patch({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'one', namespace },
      spec: { template: { metadata: { annotations: { 'sandbox.keyless-pods/fault': 'ImagePullBackOff' } } } },
    } as never);
    await eventually(async () => {
      const pods = await podsOf(world, 'app=one');
      const phases = pods.map(({ status }) => status?.phase).sort();
      assert.deepEqual(phases, ['Pending', 'Running']);
    });
  });

  it('a stuck rollout is past its progress deadline', async () => {
    const spec = { progressDeadlineSeconds: 1 };
    const name = 'one';
    await world.objects.patch({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec,
    } as never);
    await eventually(async () => {
      const { status } = await world.apps.readNamespacedDeployment({ name, namespace });
      const progress = status?.conditions?.find(({ type }) => type === 'Progressing');
      assert.equal(progress?.reason, 'ProgressDeadlineExceeded');
      assert.equal(progress.status, 'False');
    });
  });

  it('a pod that no node suits stays Pending and says why', async () => {
    await apply(world, deployment('nowhere', { spec: { nodeSelector: { disk: 'tape' } } }));
    await eventually(async () => {
      const [pod] = await podsOf(world, 'app=nowhere');
      const condition = pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled');
      assert.equal(condition?.message, "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.");
    });
  });

  const daemonSet = (name: string, spec: object): string =>
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace },
      spec: {
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ name, image: 'example.azurecr.io/agent:1' }], ...spec },
        },
      },
    });
  const counted = async (name: string, wanted: number): Promise<V1DaemonSet> =>
    eventually(async () => {
      const found = await world.apps.readNamespacedDaemonSet({ name, namespace });
      const { status } = found;
      assert.deepEqual(
        [status?.desiredNumberScheduled, status?.numberReady, status?.updatedNumberScheduled],
        [wanted, wanted, wanted],
      );
      assert.equal(status?.observedGeneration, found.metadata?.generation);
      return found;
    });

  it('a DaemonSet runs on every node that its selector matches, on the address of the node', async () => {
    await apply(world, daemonSet('agent', { hostNetwork: true, nodeSelector: { 'kubernetes.io/os': 'linux' } }));
    await counted('agent', 2);
    const pods = await podsOf(world, 'app=agent');
    assert.deepEqual(pods.map(({ spec }) => spec?.nodeName).sort(), ['node-0', 'node-1']);
    assert.deepEqual(pods.map(({ status }) => status?.podIP).sort(), ['10.224.0.4', '10.224.0.5']);
  });

  it('a DaemonSet leaves a node that does not match any more, and keeps off a taint', async () => {
    await apply(world, daemonSet('ssd', { nodeSelector: { disk: 'ssd' } }));
    await counted('ssd', 1);
    const taints = [{ key: 'only', value: 'gpu', effect: 'NoSchedule' }];
    const target = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'node-1', labels: { disk: 'ssd' } },
      spec: { taints },
    };
    await world.objects.patch(target as never);
    await counted('ssd', 1);
    await world.objects.patch({ ...target, spec: { taints: null } } as never);
    await counted('ssd', 2);
    await world.objects.patch({ ...target, metadata: { name: 'node-1', labels: { disk: null } }, spec: {} } as never);
    await counted('ssd', 1);
  });

  it('a changed DaemonSet replaces its pods', async () => {
    const before = (await podsOf(world, 'app=agent')).map(({ metadata }) => metadata?.uid);
    await world.objects.patch({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace },
      spec: { template: { metadata: { annotations: { changed: 'yes' } } } },
    } as never);
    await counted('agent', 2);
    await eventually(async () => {
      const now = (await podsOf(world, 'app=agent')).map(({ metadata }) => metadata?.uid);
      assert.equal(now.length, 2);
      assert.ok(now.every((uid) => !before.includes(uid)));
    });
  });

  it('what Pod Security refuses is told by events and by the condition ReplicaFailure', async () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'baseline' };
    await apply(world, JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'strict', labels } }));
    const refused = JSON.parse(deployment('host', { spec: { hostNetwork: true } })) as { metadata: object };
    await apply(world, JSON.stringify({ ...refused, metadata: { name: 'host', namespace: 'strict' } }));
    await eventually(async () => {
      const { status } = await world.apps.readNamespacedDeployment({ name: 'host', namespace: 'strict' });
      const failure = status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
      assert.equal(failure?.reason, 'FailedCreate');
      assert.match(
        failure.message ?? '',
        /violates PodSecurity "baseline:latest": host namespaces \(hostNetwork=true\)/,
      );
      const { items } = await world.core.listNamespacedEvent({ namespace: 'strict' });
      assert.ok(
        items.some(
          ({ reason, message }) => reason === 'FailedCreate' && message?.startsWith('Error creating: pods "host-'),
        ),
      );
    });
  });

  it('a Job completes', async () => {
    const template = {
      spec: { restartPolicy: 'Never', containers: [{ name: 'work', image: 'example.azurecr.io/work:1' }] },
    };
    await apply(
      world,
      JSON.stringify({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'work', namespace },
        spec: { template },
      }),
    );
    await eventually(async () => {
      const job = await world.objects.read({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'work', namespace },
      });
      const { status } = job as { status?: { succeeded?: number; conditions?: { type: string }[] } };
      assert.equal(status?.succeeded, 1);
      assert.ok(status.conditions?.some(({ type }) => type === 'Complete'));
    });
    const [pod] = await podsOf(world, 'job-name=work');
    assert.equal(pod?.status?.phase, 'Succeeded');
  });
});
