import assert from 'node:assert/strict';
import { loadScenario } from '../../../sandbox/scenario/load.ts';
import type { Scenario } from '../../../sandbox/scenario/types.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

const groups = ['_rg-aks-p-we-001', 'MC__rg-aks-p-we-001_aks-p-we-001_westeurope', '_rg-infra-p-we-001'];
const cluster = { azureSubscription: 'azure-conn', resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001' };

/** The article's world with the custom role at the three resource groups in place of the subscription. */
function atResourceGroups(): Scenario {
  const scenario = loadScenario('article');
  const subscriptions = scenario.subscriptions.map((subscription) => ({
    ...subscription,
    roleAssignments: subscription.roleAssignments.flatMap((assignment) => {
      if (assignment.role !== 'Keyless Pods deployer') return [assignment];
      return groups.map((group) => ({
        ...assignment,
        name: `${assignment.name.slice(0, -1)}${String(groups.indexOf(group))}`,
        scope: `/subscriptions/${subscription.id}/resourceGroups/${group}`,
      }));
    }),
  }));
  return { ...scenario, subscriptions };
}

describe('the custom role at three resource groups', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ scenario: atResourceGroups() });
  });
  after(async () => {
    await world.stop();
  });

  const steps: readonly [string, Readonly<Record<string, string>>][] = [
    ['AksRoleGrants', cluster],
    ['PodIdentityInstall', cluster],
    ['KeyVaultGrant', { ...cluster, keyVault: '_rg-infra-p-we-001/kvpwe001' }],
    ['KeyVaultGrant', { ...cluster, keyVault: '_rg-infra-p-we-001/kvpwe002' }],
  ];
  for (const [task, inputs] of steps) {
    it(`is enough for ${task}${inputs['keyVault'] === undefined ? '' : ` on ${inputs['keyVault']}`}`, async () => {
      const run = await world.run(task, inputs);
      assert.equal(run.result, 'Succeeded', run.log.join('\n'));
    });
  }

  it('does not find a vault by its bare name, and says which permission that takes', async () => {
    const run = await world.run('KeyVaultGrant', { ...cluster, keyVault: 'kvpwe001' });
    assert.equal(run.result, 'Failed');
    assert.match(run.log.join('\n'), /Microsoft\.KeyVault\/vaults\/read/);
  });
});
