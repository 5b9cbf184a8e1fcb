import assert from 'node:assert/strict';
import type { Scenario } from '../../../sandbox/scenario/types.ts';
import type { World } from '../../support/world.ts';
import { principalName, startWorld } from '../../support/world.ts';
import type { Policy } from './support.ts';
import { article, group, inputs, policiesOf, text } from './support.ts';

describe('vaults of KeyVaultGrant@1', function () {
  this.timeout(120_000);
  let world: World;
  const start = async (scenario: Scenario = article()): Promise<void> => {
    world = await startWorld({ scenario });
  };
  const policies = (): readonly Policy[] => policiesOf(world);
  afterEach(async () => {
    await world.stop();
  });

  it('grants the permissions asked for, widens them later, and takes exactly them away', async () => {
    await start();
    const before = policies();
    await world.run('KeyVaultGrant', { ...inputs, secretPermissions: 'get' });
    const wider = await world.run('KeyVaultGrant', { ...inputs, secretPermissions: 'List, get' });
    assert.match(text(wider), /secrets: get -> get, list/);
    assert.deepEqual((policies().at(-1)!.permissions as { secrets: string[] }).secrets, ['get', 'list']);
    await world.run('KeyVaultGrant', { ...inputs, secretPermissions: 'list', action: 'remove' });
    assert.deepEqual((policies().at(-1)!.permissions as { secrets: string[] }).secrets, ['get']);
    await world.run('KeyVaultGrant', { ...inputs, action: 'remove' });
    assert.deepEqual(policies(), before);
  });

  it('takes the narrowest role for them on a vault with Azure RBAC', async () => {
    await start();
    const run = await world.run('KeyVaultGrant', { ...inputs, keyVault: 'kvpwe002', secretPermissions: 'get,set' });
    assert.equal(run.result, 'Succeeded', text(run));
    const made = world.sandbox.azure
      .snapshot()
      .roleAssignments.filter(({ role }) => role === 'Key Vault Secrets Officer');
    assert.equal(made.length, 1);
  });

  it('refuses an unknown permission before the first request', async () => {
    await start();
    const run = await world.run('KeyVaultGrant', { ...inputs, secretPermissions: 'get, all' });
    assert.match(text(run), /\[INP001\].*secretPermissions is "get, all"; allowed: one or more of get/);
    assert.deepEqual(world.sandbox.requests.all(), []);
  });

  it('tells of a firewall and of a closed network', async () => {
    await start(article({ networkAcls: { defaultAction: 'Deny', ipRules: ['203.0.113.7'] } }));
    assert.match(text(await world.run('KeyVaultGrant', inputs)), /kvpwe001 has a firewall \(1 address range\)/);
    await world.stop();
    await start(article({ publicNetworkAccess: 'Disabled' }));
    assert.match(text(await world.run('KeyVaultGrant', inputs)), /kvpwe001 is closed to public networks/);
  });

  it('flags a compound entry and makes one of its own', async () => {
    const compound = {
      principal: 'id-aks-helloworld',
      applicationId: '0c9e2b7d-41f8-4a53-9d16-7e5a8c3b2f90',
      secrets: ['get'],
      keys: [],
      certificates: [],
    };
    await start(article({ accessPolicies: [compound] }));
    const run = await world.run('KeyVaultGrant', inputs);
    assert.match(text(run), /\+ access policy .*\(the compound entry with application id 0c9e2b7d-/);
    assert.equal(policies().length, 2);
  });

  it('loses nothing when eight tasks write to one vault at once', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `id-team-${String(index)}`);
    await start(article({}, names));
    const before = policies().length;
    const runs = await Promise.all(
      names.map((name) => world.run('KeyVaultGrant', { ...inputs, identity: `${group}/${name}` })),
    );
    for (const run of runs) assert.equal(run.result, 'Succeeded', text(run));
    const added = policies().slice(before);
    assert.deepEqual(added.map(({ objectId }) => principalName(world.sandbox, objectId)).sort(), names);
  });
});
