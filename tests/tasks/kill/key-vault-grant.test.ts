import { killAtEveryWrite } from '../../support/kill-suite.ts';
import { cluster } from '../../support/one-cluster.ts';

const writes = { apply: 1, remove: 1 };

killAtEveryWrite({
  title: 'KeyVaultGrant@1 on a vault with access policies',
  task: 'KeyVaultGrant',
  inputs: { ...cluster, keyVault: 'kvpwe001' },
  writes,
});

killAtEveryWrite({
  title: 'KeyVaultGrant@1 on a vault with roles',
  task: 'KeyVaultGrant',
  inputs: { ...cluster, keyVault: 'kvpwe002', secretName: 'password' },
  writes,
});
