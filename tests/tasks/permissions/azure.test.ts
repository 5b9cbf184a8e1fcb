import assert from 'node:assert/strict';
import { assertRefused, azureRole, connectionWithout, worldOfAzureRoles } from '../../support/permissions.ts';
import { cluster } from '../../support/one-cluster.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

type Inputs = Readonly<Record<string, string>>;

interface Case {
  readonly task: string;
  readonly inputs: Inputs;
  /** Run before with the whole role, so that there is something to do. */
  readonly first?: Inputs;
}

const { resourceGroup, clusterName } = cluster;
const aks = { resourceGroup, clusterName };

/** A step that needs the action. Every action of the role has one or more. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  'Microsoft.ContainerService/managedClusters/read': [
    { task: 'AksRoleGrants', inputs: aks },
    { task: 'PodIdentityInstall', inputs: aks },
    { task: 'KeyVaultGrant', inputs: { ...aks, keyVault: 'kvpwe001' } },
  ],
  'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action': [
    { task: 'PodIdentityInstall', inputs: aks },
    { task: 'PodIdentityBind', inputs: { ...aks, workloads: 'deployment/web' } },
    {
      task: 'PodSecretCheck',
      inputs: { ...aks, podSelector: 'app=web', keyVault: 'kvpwe001', secretName: 'password' },
    },
  ],
  'Microsoft.Authorization/roleAssignments/read': [
    { task: 'AksRoleGrants', inputs: aks },
    { task: 'KeyVaultGrant', inputs: { ...aks, keyVault: 'kvpwe002' } },
  ],
  'Microsoft.Authorization/roleAssignments/write': [
    { task: 'AksRoleGrants', inputs: { ...aks, preset: 'podIdentityClassic' } },
    { task: 'KeyVaultGrant', inputs: { ...aks, keyVault: 'kvpwe002', secretName: 'password' } },
  ],
  'Microsoft.Authorization/roleAssignments/delete': [
    { task: 'AksRoleGrants', first: aks, inputs: { ...aks, action: 'remove' } },
    {
      task: 'KeyVaultGrant',
      first: { ...aks, keyVault: 'kvpwe002' },
      inputs: { ...aks, keyVault: 'kvpwe002', action: 'remove' },
    },
  ],
  'Microsoft.Authorization/roleDefinitions/read': [
    {
      task: 'AksRoleGrants',
      inputs: { ...aks, preset: 'none', grants: 'Storage Blob Data Reader @ {nodeResourceGroup}' },
    },
  ],
  'Microsoft.ManagedIdentity/userAssignedIdentities/read': [
    { task: 'AksRoleGrants', inputs: { ...aks, identity: '_rg-infra-p-we-001/id-aks-helloworld' } },
    { task: 'KeyVaultGrant', inputs: { keyVault: 'kvpwe001', identity: '_rg-infra-p-we-001/id-aks-helloworld' } },
  ],
  'Microsoft.KeyVault/vaults/read': [
    { task: 'KeyVaultGrant', inputs: { ...aks, keyVault: '_rg-infra-p-we-001/kvpwe001' } },
    // By its name alone a vault is looked for in a list.
    { task: 'KeyVaultGrant', inputs: { ...aks, keyVault: 'kvpwe001' } },
  ],
  'Microsoft.KeyVault/vaults/accessPolicies/write': [
    { task: 'KeyVaultGrant', inputs: { ...aks, keyVault: 'kvpwe001' } },
    {
      task: 'KeyVaultGrant',
      first: { ...aks, keyVault: 'kvpwe001' },
      inputs: { ...aks, keyVault: 'kvpwe001', action: 'remove' },
    },
  ],
};

describe('the custom role of docs/permissions.md', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ scenario: worldOfAzureRoles() });
  });
  after(async () => {
    await world.stop();
  });

  it('has every action that a case here takes away', () => {
    assert.deepEqual(Object.keys(cases).sort(), [...azureRole.Actions].sort());
  });

  for (const action of azureRole.Actions)
    it(`is refused without ${action}, by an error that names it`, async () => {
      const own = cases[action] ?? [];
      assert.ok(own.length > 0, `nothing needs ${action}`);
      for (const { task, inputs, first } of own) {
        if (first) {
          const prepared = await world.run(task, { azureSubscription: 'azure-conn', ...first });
          assert.equal(prepared.result, 'Succeeded', prepared.log.join('\n'));
        }
        const run = await world.run(task, { azureSubscription: connectionWithout(action), ...inputs });
        assertRefused(run, '[AZR001]', `lacks ${action} at /subscriptions/`, `or a custom role with ${action}`);
      }
    });
});
