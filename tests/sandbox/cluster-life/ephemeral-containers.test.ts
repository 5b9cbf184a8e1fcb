import assert from 'node:assert/strict';
import type { V1EphemeralContainer, V1Pod } from '@kubernetes/client-node';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { apply, deployment, eventually, readyPod, startWorld, type World } from './world.ts';

describe('Ephemeral containers', () => {
  let world: World;
  let pod: V1Pod;
  before(async () => {
    world = await startWorld();
    const containers = [{ name: 'app', image: 'example.azurecr.io/app:1' }];
    await apply(world, deployment('app', { spec: { containers, nodeSelector: { disk: 'ssd' } } }));
    pod = await readyPod(world, 'app=app');
  });
  after(async () => {
    await world.stop();
  });

  const name = (): { name: string; namespace: string } => ({ name: pod.metadata!.name!, namespace: 'default' });

  const add = async (container: Partial<V1EphemeralContainer>): Promise<void> => {
    const body = { spec: { ephemeralContainers: [{ image: 'curl:1', ...container }] } };
    const strategy = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
    await world.core.patchNamespacedPodEphemeralcontainers({ ...name(), body }, strategy);
  };

  const state = async (container: string) => {
    const now = await world.core.readNamespacedPod(name());
    return now.status?.ephemeralContainerStatuses?.find((each) => each.name === container)?.state;
  };

  const ended = (container: string) =>
    eventually(async () => {
      const found = (await state(container))?.terminated;
      assert.ok(found);
      return found;
    });

  it('run once, end with their code, and leave their log and the pod as it was', async () => {
    await add({ name: 'first', command: ['sh', '-c', 'echo $$((6*7)) $(NOBODY); exit 3'] });
    const end = await ended('first');
    assert.deepEqual([end.exitCode, end.reason], [3, 'Error']);
    assert.match(await world.core.readNamespacedPodLog({ ...name(), container: 'first' }), /^42\b/m);
    const now = await world.core.readNamespacedPod(name());
    assert.equal(now.status?.phase, 'Running');
    assert.deepEqual(
      now.status.containerStatuses?.map((each) => [each.name, each.ready]),
      [['app', true]],
    );
  });

  it('are joined by others, which do not run the first again', async () => {
    await add({ name: 'second', command: ['sh', '-c', 'env'] });
    const end = await ended('second');
    assert.equal(end.exitCode, 0);
    const now = await world.core.readNamespacedPod(name());
    // What a strategic merge patch adds stands before what was there, as on a real server.
    assert.deepEqual(
      now.spec?.ephemeralContainers?.map((each) => each.name),
      ['second', 'first'],
    );
    assert.equal((await state('first'))?.terminated?.exitCode, 3);
  });

  it('wait where their image is missing', async () => {
    await add({ name: 'third', image: 'curl:missing' });
    await eventually(async () => {
      assert.equal((await state('third'))?.waiting?.reason, 'ImagePullBackOff');
    });
  });
});
