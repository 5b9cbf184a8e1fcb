import { killAtEveryWrite } from '../../support/kill-suite.ts';
import { cluster } from '../../support/one-cluster.ts';

killAtEveryWrite({
  title: 'PodIdentityInstall@1',
  task: 'PodIdentityInstall',
  inputs: cluster,
  // A removal also deletes what MIC made for itself.
  writes: { apply: 14, remove: 16 },
});
