/** The article's pipeline as the bench runs it: each step is measured, except those that only prepare the next one. */
import type { World } from '../../tests/support/world.ts';
import { deployDemo } from '../../tests/support/demo.ts';

interface BenchStep {
  readonly task: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly prepare?: (world: World) => Promise<void>;
}

const cluster = { azureSubscription: 'azure-conn', resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001' };
const workload = 'deployment/aks-helloworld';

export const steps: readonly BenchStep[] = [
  { task: 'AksRoleGrants', inputs: cluster },
  { task: 'PodIdentityInstall', inputs: cluster },
  { task: 'KeyVaultGrant', inputs: { ...cluster, keyVault: 'kvpwe001' } },
  { task: 'demo application', inputs: {}, prepare: deployDemo },
  { task: 'PodIdentityBind', inputs: { ...cluster, namespace: 'default', workloads: workload } },
  {
    task: 'PodSecretCheck',
    inputs: { ...cluster, namespace: 'default', workload, keyVault: 'kvpwe001', secretName: 'password' },
  },
];
