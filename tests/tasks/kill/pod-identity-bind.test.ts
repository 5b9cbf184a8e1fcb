import { deployDemo } from '../../support/demo.ts';
import { killAtEveryWrite } from '../../support/kill-suite.ts';
import { cluster } from '../../support/one-cluster.ts';

killAtEveryWrite({
  title: 'PodIdentityBind@1',
  task: 'PodIdentityBind',
  inputs: { ...cluster, namespace: 'default', workloads: 'deployment/aks-helloworld' },
  writes: { apply: 3, remove: 3 },
  prepare: async (world) => {
    await world.run('AksRoleGrants', cluster);
    await world.run('PodIdentityInstall', cluster);
    await deployDemo(world);
  },
});
