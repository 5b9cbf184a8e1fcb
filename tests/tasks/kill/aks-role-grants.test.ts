import { killAtEveryWrite } from '../../support/kill-suite.ts';
import { cluster } from '../../support/one-cluster.ts';

killAtEveryWrite({
  title: 'AksRoleGrants@1',
  task: 'AksRoleGrants',
  inputs: { ...cluster, preset: 'podIdentityClassic' },
  writes: { apply: 4, remove: 4 },
});
