/** Keys and certificates beside secrets, and what is left of the permission model that a vault had before. */
import assert from 'node:assert/strict';
import type { Scenario } from '../../../sandbox/scenario/types.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { article, group, inputs, policiesOf, text, withAssignment } from './support.ts';

const vaultId = (name: string): string =>
  `{subscription}/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${name}`;

/** The entry of another tool is told from that of the task by nothing: what is asked for goes. */
const entry = { principal: 'id-aks-helloworld', secrets: ['get', 'list'], keys: ['sign'], certificates: [] };

describe('the permission models of KeyVaultGrant@1', function () {
  this.timeout(120_000);
  let world: World;
  const start = async (scenario: Scenario = article()): Promise<void> => {
    world = await startWorld({ scenario });
  };
  /** Never a write of the vault itself: its model, its network and the entries of others are not the task's. */
  afterEach(async () => {
    const writes = world.writes().map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);
    await world.stop();
    for (const write of writes)
      assert.match(write, /accessPolicies\/(add|replace|remove)$|roleAssignments\/[0-9a-f-]{36}$/);
  });
  const rolesOf = (): string[] =>
    world.sandbox.azure
      .snapshot()
      .roleAssignments.filter(({ role }) => role.startsWith('Key Vault'))
      .map(({ role }) => role)
      .sort();

  const all = { secretPermissions: 'get', keyPermissions: 'sign, verify', certificatePermissions: 'list' };

  it('give permissions on keys and certificates in one entry, and take exactly them away', async () => {
    await start();
    const before = policiesOf(world);
    const run = await world.run('KeyVaultGrant', { ...inputs, ...all });
    assert.equal(run.result, 'Succeeded', text(run));
    assert.match(
      text(run),
      /\+ access policy {2}secrets get; keys verify, sign; certificates list for id-aks-helloworld/,
    );
    assert.deepEqual(policiesOf(world).at(-1)!.permissions, {
      secrets: ['get'],
      keys: ['verify', 'sign'],
      certificates: ['list'],
    });
    const again = await world.run('KeyVaultGrant', { ...inputs, ...all });
    assert.equal(again.outputVariables['changeCount'], '0');
    const keys = { secretPermissions: 'none', keyPermissions: 'sign, verify' };
    const partly = await world.run('KeyVaultGrant', { ...inputs, ...keys, action: 'remove' });
    assert.match(text(partly), /- access policy .*\(keeps secrets get; certificates list\)/);
    const rest = { secrets: ['get'], keys: [], certificates: ['list'], storage: [] };
    assert.deepEqual(policiesOf(world).at(-1)!.permissions, rest);
    await world.run('KeyVaultGrant', { ...inputs, ...all, action: 'remove' });
    assert.deepEqual(policiesOf(world), before);
  });

  it('give one role for each kind of content on a vault with Azure RBAC', async () => {
    await start();
    const wanted = { ...inputs, ...all, keyVault: 'kvpwe002' };
    const run = await world.run('KeyVaultGrant', wanted);
    assert.equal(run.result, 'Succeeded', text(run));
    assert.deepEqual(rolesOf(), ['Key Vault Certificate User', 'Key Vault Crypto User', 'Key Vault Secrets User']);
    assert.match(text(run), /Key Vault Certificate User also reads secrets/);
    assert.equal((await world.run('KeyVaultGrant', wanted)).outputVariables['changeCount'], '0');
    const removed = await world.run('KeyVaultGrant', { ...wanted, action: 'remove' });
    assert.equal(removed.outputVariables['changeCount'], '3', text(removed));
    assert.deepEqual(rolesOf(), []);
  });

  it('show an entry of the time before Azure RBAC, and remove it with the role', async () => {
    await start(article({ rbac: true, accessPolicies: [entry] }));
    const run = await world.run('KeyVaultGrant', inputs);
    assert.equal(run.outputVariables['permissionModel'], 'rbac');
    assert.equal(run.outputVariables['changeCount'], '1', text(run));
    assert.match(
      text(run),
      /= access policy .*\(does not count: the vault uses Azure RBAC; the entry has secrets get, list; keys sign\)/,
    );
    assert.deepEqual(rolesOf(), ['Key Vault Secrets User']);
    const removed = await world.run('KeyVaultGrant', { ...inputs, action: 'remove' });
    assert.equal(removed.outputVariables['changeCount'], '2', text(removed));
    assert.deepEqual(rolesOf(), []);
    const [left] = policiesOf(world);
    assert.deepEqual(left!.permissions, { secrets: ['list'], keys: ['sign'], certificates: [], storage: [] });
  });

  it('show a role of the time before access policies in a preview, and remove what the task made of it', async () => {
    const role = { role: 'Key Vault Secrets User', principal: 'id-aks-helloworld', scope: vaultId('kvpwe001') };
    await start(
      withAssignment(article(), { ...role, description: 'Made by Keyless Pods: KeyVaultGrant for vault kvpwe001' }),
    );
    const preview = await world.run('KeyVaultGrant', { ...inputs, action: 'preview' });
    assert.match(text(preview), /= role assignment .*\(does not count: the vault uses access policies\)/);
    assert.equal(preview.outputVariables['changeCount'], '1');
    await world.run('KeyVaultGrant', inputs);
    const removed = await world.run('KeyVaultGrant', { ...inputs, action: 'remove' });
    assert.equal(removed.outputVariables['changeCount'], '2', text(removed));
    assert.deepEqual(rolesOf(), []);
    await world.stop();

    await start(withAssignment(article(), role));
    const theirs = await world.run('KeyVaultGrant', { ...inputs, action: 'remove' });
    assert.match(text(theirs), /= role assignment .*\(stays: not made by this task\)/);
    assert.deepEqual(rolesOf(), ['Key Vault Secrets User']);
  });

  it('remove the role on one secret although the vault uses access policies now', async () => {
    const role = {
      role: 'Key Vault Secrets User',
      principal: 'id-aks-helloworld',
      scope: `${vaultId('kvpwe001')}/secrets/password`,
      description: 'Made by Keyless Pods: KeyVaultGrant for vault kvpwe001',
    };
    await start(withAssignment(article({ accessPolicies: [entry] }), role));
    const removed = await world.run('KeyVaultGrant', { ...inputs, secretName: 'password', action: 'remove' });
    assert.equal(removed.outputVariables['changeCount'], '1', text(removed));
    assert.deepEqual(rolesOf(), []);
    assert.equal(policiesOf(world).length, 1, 'a policy is for all secrets');
  });

  it('wait until the vault, or Azure, shows the change', async () => {
    await start();
    for (const keyVault of ['kvpwe001', 'kvpwe002'])
      for (const action of ['apply', 'remove']) {
        const run = await world.run('KeyVaultGrant', { ...inputs, keyVault, action, wait: 'true' });
        assert.equal(run.result, 'Succeeded', text(run));
        assert.match(
          text(run),
          keyVault === 'kvpwe001' ? /ok {2}the key vault to show/ : /ok {2}Azure to show the role/,
        );
      }
  });

  it('find an identity by its bare name in the group that is given without a cluster', async () => {
    await start();
    const wanted = { ...inputs, identity: 'id-aks-helloworld', resourceGroup: group };
    const run = await world.run('KeyVaultGrant', wanted);
    assert.equal(run.result, 'Succeeded', text(run));
    assert.equal(
      world.sandbox.requests.all().some(({ path }) => path.includes('managedClusters')),
      false,
    );
  });

  it('let the control plane use a key, to encrypt what Kubernetes stores', async () => {
    await start();
    const cluster = { resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-002' };
    const wanted = { ...inputs, ...cluster, identity: 'controlPlane' };
    const keys = { secretPermissions: 'none', keyPermissions: 'encrypt, decrypt' };
    const run = await world.run('KeyVaultGrant', { ...wanted, ...keys, keyVault: 'kvpwe002' });
    assert.equal(run.result, 'Succeeded', text(run));
    assert.deepEqual(rolesOf(), ['Key Vault Crypto User']);
  });
});
