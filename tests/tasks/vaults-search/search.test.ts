/** Where KeyVaultGrant@1 looks for a vault, and what it says of one that it cannot use. */
import assert from 'node:assert/strict';
import type { Scenario } from '../../../sandbox/scenario/types.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { article, inputs, otherSubscription, policiesOf, text, withSubscription } from '../vaults/support.ts';

describe('the vault of KeyVaultGrant@1', function () {
  this.timeout(120_000);
  let world: World;
  const start = async (scenario: Scenario): Promise<void> => {
    world = await startWorld({ scenario });
  };
  afterEach(async () => {
    await world.stop();
  });
  /** GETs of Resource Manager. */
  const reads = (): string[] =>
    world.sandbox.requests
      .all()
      .filter(({ server, method }) => server === 'resourceManager' && method === 'GET')
      .map(({ path }) => path.replace(/\?.*/, ''));

  it('is found in any subscription that the connection sees, by name, group and name, or id', async () => {
    await start(withSubscription(article(), { role: 'Key Vault Contributor' }));
    const id = `/subscriptions/${otherSubscription}/resourceGroups/rg-other/providers/Microsoft.KeyVault/vaults/kvother1`;
    for (const [keyVault, lookups] of [
      ['kvother1', 3],
      ['rg-other/KVOTHER1', 3],
      [id, 1],
    ] as const) {
      const wanted = { ...inputs, keyVault };
      world.sandbox.requests.clear();
      const run = await world.run('KeyVaultGrant', wanted);
      assert.equal(run.result, 'Succeeded', text(run));
      assert.equal(run.outputVariables['vaultUri'], 'https://kvother1.vault.azure.net/');
      assert.equal(policiesOf(world, 'kvother1').length, 1);
      const lookedUp = reads().filter((path) => !path.includes('userAssignedIdentities'));
      assert.equal(lookedUp.length, lookups, lookedUp.join('\n'));
      const again = await world.run('KeyVaultGrant', wanted);
      assert.equal(again.outputVariables['changeCount'], '0');
      await world.run('KeyVaultGrant', { ...wanted, action: 'remove' });
      assert.deepEqual(policiesOf(world, 'kvother1'), []);
    }
  });

  it('is not found in a subscription in which the connection has no role', async () => {
    await start(withSubscription(article()));
    const run = await world.run('KeyVaultGrant', { ...inputs, keyVault: 'kvother1' });
    assert.match(text(run), /\[KVT001\] The key vault kvother1 was not found \(visible: kvpwe001 and kvpwe002\)/);
    const grouped = await world.run('KeyVaultGrant', { ...inputs, keyVault: 'rg-other/kvother1' });
    assert.match(text(grouped), /\[KVT001\] The key vault kvother1 does not exist in resource group rg-other/);
  });

  for (const [where, scenario, keyVault] of [
    ['the own subscription', (): Scenario => asReader(article({ deleted: true })), 'kvpwe001'],
    [
      'another one',
      (): Scenario => withSubscription(article(), { vault: { deleted: true }, role: 'Reader' }),
      'rg-other/kvother1',
    ],
  ] as const)
    it(`is said to be deleted in ${where}, with how to recover it, and is left so`, async () => {
      await start(scenario());
      const run = await world.run('KeyVaultGrant', { ...inputs, keyVault });
      assert.equal(run.result, 'Failed');
      assert.match(
        text(run),
        /\[KVT005\] The key vault kv\w+ in subscription \S+ is deleted; Azure purges it on \d{4}-/,
      );
      assert.match(text(run), /az keyvault recover --subscription \S+ --name kv/);
      assert.deepEqual(world.writes(), []);
    });

  it('is not found where nobody may list what is deleted', async () => {
    await start(article({ deleted: true }));
    assert.match(text(await world.run('KeyVaultGrant', inputs)), /\[KVT001\]/);
  });

  it('in another tenant is refused, also by its id in a subscription there', async () => {
    const fabrikam = { name: 'fabrikam', id: 'abababab-0000-4000-8000-000000000001', applications: [] };
    const scenario = withSubscription(article({ tenant: 'fabrikam' }), { tenant: 'fabrikam' });
    Object.assign(scenario, { tenants: [...scenario.tenants, fabrikam] });
    await start(scenario);
    const moved = await world.run('KeyVaultGrant', inputs);
    assert.match(text(moved), /blocked \[KVT003\]: The key vault kvpwe001 belongs to tenant abababab-/);
    const id = `/subscriptions/${otherSubscription}/resourceGroups/rg-other/providers/Microsoft.KeyVault/vaults/kvother1`;
    const foreign = await world.run('KeyVaultGrant', { ...inputs, keyVault: id });
    assert.match(text(foreign), /\[KVT003\] The key vault kvother1 is in a subscription of another tenant/);
    assert.deepEqual(world.writes(), []);
  });

  it('that holds 1024 access policies is refused for one more and takes a change of one', async () => {
    const guid = (index: number): string => `33333333-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const policy = { keys: [], certificates: [], secrets: ['get'] };
    const others = Array.from({ length: 1023 }, (_, index) => ({ ...policy, principal: guid(index) }));
    await start(article({ accessPolicies: [...others, { ...policy, principal: guid(5000) }] }));
    const full = await world.run('KeyVaultGrant', inputs);
    assert.match(text(full), /\[KVT004\] The key vault kvpwe001 already has 1024 access policies/);
    assert.deepEqual(world.writes(), []);
    await world.stop();
    await start(article({ accessPolicies: [...others, { ...policy, principal: 'id-aks-helloworld' }] }));
    const wider = await world.run('KeyVaultGrant', { ...inputs, secretPermissions: 'get, list' });
    assert.equal(wider.result, 'Succeeded', text(wider));
  });
});

function asReader(scenario: Scenario): Scenario {
  const [subscription] = scenario.subscriptions;
  const reader = {
    name: 'cccccccc-1111-4222-8333-444444444444',
    role: 'Reader',
    principal: 'azure-pipelines',
    scope: `/subscriptions/${subscription!.id}`,
  };
  Object.assign(subscription!, { roleAssignments: [...subscription!.roleAssignments, reader] });
  return scenario;
}
