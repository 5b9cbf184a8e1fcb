import { cluster } from '../../support/one-cluster.ts';
import { killAtEveryWrite } from './kills.ts';

killAtEveryWrite({ title: 'PodIdentityInstall@1', task: 'PodIdentityInstall', inputs: cluster, writes: 14 });
