import { deployDemo } from '../../support/demo.ts';
import { cluster } from '../../support/one-cluster.ts';
import type { World } from '../../support/world.ts';
import { killAtEveryWrite } from './kills.ts';

const inputs = { ...cluster, namespace: 'default', workloads: 'deployment/aks-helloworld' };

async function prepare(world: World): Promise<void> {
  await Promise.all([
    world.run('AksRoleGrants', cluster).then(() => world.run('PodIdentityInstall', cluster)),
    deployDemo(world),
  ]);
}

killAtEveryWrite({ title: 'PodIdentityBind@1', task: 'PodIdentityBind', inputs, writes: 3, prepare });

killAtEveryWrite({
  title: 'PodIdentityBind@1 that removes',
  task: 'PodIdentityBind',
  inputs: { ...inputs, action: 'remove' },
  writes: 3,
  prepare: async (world) => {
    await prepare(world);
    await world.run('PodIdentityBind', inputs);
  },
});
