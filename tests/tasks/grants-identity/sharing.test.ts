/** One assignment that two clusters need: Azure knows no second one for the same role, principal and scope. */
import assert from 'node:assert/strict';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { dedicated, text } from '../grants/support.ts';

describe('an assignment that two clusters need', function () {
  this.timeout(60_000);
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(async () => {
    await world.stop();
  });

  const grants = 'Reader @ /subscriptions/{s}/resourceGroups/_rg-infra-p-we-001\ndescription: for the dashboard';
  const wanted = (clusterName: string, action = 'apply'): Record<string, string> => ({
    ...dedicated,
    clusterName,
    preset: 'none',
    action,
    grants: grants.replace('{s}', world.sandbox.connection.subscriptionId),
  });
  const descriptions = (): (string | undefined)[] =>
    world.sandbox.azure
      .snapshot()
      .roleAssignments.map(({ description }) => description)
      .filter((description) => description?.startsWith('Made by Keyless Pods'));

  it('names both, and goes only with the last', async () => {
    const changes = async (clusterName: string, action?: string): Promise<string | undefined> => {
      const run = await world.run('AksRoleGrants', wanted(clusterName, action));
      assert.equal(run.result, 'Succeeded', text(run));
      return run.outputVariables['changeCount'];
    };
    assert.equal(await changes('aks-p-we-001'), '1');
    const [alone] = descriptions();
    assert.equal(await changes('aks-p-we-002'), '1');
    assert.match(descriptions()[0]!, /cluster aks-p-we-001 \(.*\); .*cluster aks-p-we-002 \(.*\) - for the dashboard$/);
    assert.deepEqual([await changes('aks-p-we-001'), await changes('aks-p-we-002')], ['0', '0']);
    assert.equal(await changes('aks-p-we-002', 'remove'), '1');
    assert.deepEqual(descriptions(), [alone]);
    assert.equal(await changes('aks-p-we-002', 'remove'), '0');
    assert.equal(await changes('aks-p-we-001', 'remove'), '1');
    assert.deepEqual(descriptions(), []);
  });

  it('stays where it was made for another cluster only, and the plan says so', async () => {
    await world.run('AksRoleGrants', wanted('aks-p-we-001'));
    world.sandbox.requests.clear();
    const run = await world.run('AksRoleGrants', wanted('aks-p-we-002', 'remove'));
    assert.equal(run.outputVariables['changeCount'], '0');
    assert.match(text(run), /\(stays: made for AksRoleGrants for cluster aks-p-we-001/);
    assert.deepEqual(world.writes(), []);
  });
});
