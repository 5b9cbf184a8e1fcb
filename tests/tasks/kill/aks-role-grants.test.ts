import { cluster } from '../../support/one-cluster.ts';
import { killAtEveryWrite } from './kills.ts';

const inputs = { ...cluster, preset: 'podIdentityClassic' };

killAtEveryWrite({ title: 'AksRoleGrants@1', task: 'AksRoleGrants', inputs, writes: 4 });

killAtEveryWrite({
  title: 'AksRoleGrants@1 that removes',
  task: 'AksRoleGrants',
  inputs: { ...inputs, action: 'remove' },
  writes: 4,
  prepare: (world) => world.run('AksRoleGrants', inputs),
});
