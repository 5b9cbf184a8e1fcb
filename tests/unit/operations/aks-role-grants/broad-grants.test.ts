import assert from 'node:assert/strict';
import { broadGrants } from '../../../../src/operations/aks-role-grants/broad-grants.ts';
import { grantSpec } from '../../../../src/operations/aks-role-grants/goals.ts';
import { presetSpecs } from '../../../../src/operations/shared/preset-roles.ts';
import { aCluster, anIdentity } from '../../../support/azure.ts';

const kubelet = anIdentity('aks-1-agentpool');
const parties = { cluster: aCluster(), kubelet, identity: anIdentity('app', 'rg-apps') };

describe('broadGrants', () => {
  it('has nothing to say of the least-privilege preset', () => {
    assert.deepEqual(broadGrants(presetSpecs('podIdentity', parties), parties), []);
  });

  it("names the classic preset's grants at groups, each with the narrower one", () => {
    const broad = broadGrants(presetSpecs('podIdentityClassic', parties), parties);
    assert.deepEqual(
      broad.map(({ spec, narrower }) => [spec.roleName, spec.scopeLabel, narrower.split(',')[0]]),
      [
        [
          'Managed Identity Operator',
          'node resource group MC_rg_aks_we',
          'Managed Identity Operator at the identity that pods use',
        ],
        [
          'Virtual Machine Contributor',
          'cluster resource group rg',
          'Virtual Machine Contributor at the node resource group MC_rg_aks_we',
        ],
        [
          'Managed Identity Operator',
          'cluster resource group rg',
          'Managed Identity Operator at the identity that pods use',
        ],
      ],
    );
  });

  const vault = '/subscriptions/x/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv';
  const table: readonly [string, string, RegExp | undefined][] = [
    ['Reader', '{cluster}', undefined],
    ['Reader', '{clusterResourceGroup}', undefined],
    ['Reader', '{subscription}', /at a resource group or resource is enough/],
    ['Reader', '/providers/Microsoft.Management/managementGroups/all', /at a resource group or resource is enough/],
    ['Contributor', '{clusterResourceGroup}', /only the actions that the pods need/],
    ['contributor', '{cluster}', undefined],
    ['Key Vault Secrets User', '{clusterResourceGroup}', /at the one vault is enough/],
    ['Key Vault Secrets User', vault, undefined],
    ['Key Vault Secrets User', `${vault}/secrets/one`, undefined],
  ];
  for (const [name, scope, expected] of table) {
    it(`${expected ? 'warns of' : 'accepts'} ${name} at ${scope}`, () => {
      const [broad] = broadGrants([grantSpec({ role: name, scope }, { id: 'r', name }, parties)], parties);
      if (expected) assert.match(broad?.narrower ?? '', expected);
      else assert.equal(broad, undefined);
    });
  }
});
