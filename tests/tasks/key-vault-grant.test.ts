import assert from 'node:assert/strict';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import type { World } from '../support/world.ts';
import { principalName, startWorld } from '../support/world.ts';

const inputs = {
  azureSubscription: 'azure-conn',
  resourceGroup: '_rg-aks-p-we-001',
  clusterName: 'aks-p-we-001',
  keyVault: 'kvpwe001',
};

function text({ log }: TaskRun): string {
  return log.join('\n');
}

type Policies = ReturnType<World['sandbox']['azure']['snapshot']>['vaults'][number]['accessPolicies'];

function policies({ sandbox }: World): Policies {
  return sandbox.azure.snapshot().vaults.find(({ name }) => name === 'kvpwe001')!.accessPolicies;
}

function newest(world: World): Policies[number] {
  return policies(world).at(-1)!;
}

function secretsUsers({ sandbox }: World): readonly { readonly scope: string }[] {
  return sandbox.azure.snapshot().roleAssignments.filter(({ role }) => role === 'Key Vault Secrets User');
}

describe('KeyVaultGrant@1', function () {
  this.timeout(60_000);
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(async () => {
    await world.stop();
  });

  it('adds get for the identity alone to a vault with access policies', async () => {
    const before = policies(world);
    const run = await world.run('KeyVaultGrant', inputs);
    assert.equal(run.result, 'Succeeded', text(run));
    assert.equal(run.outputVariables['permissionModel'], 'accessPolicy');
    assert.equal(run.outputVariables['vaultUri'], 'https://kvpwe001.vault.azure.net/');
    assert.equal(run.outputVariables['changeCount'], '1');
    const after = policies(world);
    assert.deepEqual(after.slice(0, before.length), before, "other teams' entries stay as they were");
    assert.equal(principalName(world.sandbox, newest(world).objectId), 'aks-p-we-001-AgentPool');
    assert.deepEqual(newest(world).permissions, { ...newest(world).permissions, secrets: ['get'] });
    assert.equal(newest(world).applicationId, undefined);
    assert.deepEqual(
      world.writes().map(({ method, path }) => `${method} ${path.split('?')[0]!.split('/').slice(-2).join('/')}`),
      ['PUT accessPolicies/add'],
    );
  });

  it('does nothing the second time', async () => {
    await world.run('KeyVaultGrant', inputs);
    world.sandbox.requests.clear();
    const again = await world.run('KeyVaultGrant', inputs);
    assert.equal(again.outputVariables['changeCount'], '0', text(again));
    assert.deepEqual(world.writes(), []);
  });

  it('takes back what it granted and nothing else', async () => {
    const before = policies(world);
    await world.run('KeyVaultGrant', inputs);
    const run = await world.run('KeyVaultGrant', { ...inputs, action: 'remove' });
    assert.equal(run.result, 'Succeeded', text(run));
    assert.deepEqual(policies(world), before);
  });

  it('grants a role on a vault with Azure RBAC', async () => {
    const run = await world.run('KeyVaultGrant', { ...inputs, keyVault: '_rg-infra-p-we-001/kvpwe002' });
    assert.equal(run.result, 'Succeeded', text(run));
    assert.equal(run.outputVariables['permissionModel'], 'rbac');
    const [made] = secretsUsers(world);
    assert.match(made!.scope, /\/vaults\/kvpwe002$/);
  });

  it('grants a role on one secret only', async () => {
    const run = await world.run('KeyVaultGrant', { ...inputs, keyVault: 'kvpwe002', secretName: 'password' });
    assert.equal(run.result, 'Succeeded', text(run));
    const [made] = secretsUsers(world);
    assert.match(made!.scope, /\/vaults\/kvpwe002\/secrets\/password$/);
  });

  it('refuses one secret on a vault with access policies', async () => {
    const run = await world.run('KeyVaultGrant', { ...inputs, secretName: 'password' });
    assert.equal(run.result, 'Failed');
    assert.match(text(run), /\[KVT002\]/);
    assert.deepEqual(world.writes(), []);
  });

  it('needs no cluster for an identity that is named in full', async () => {
    const { azureSubscription, keyVault } = inputs;
    const run = await world.run('KeyVaultGrant', {
      azureSubscription,
      keyVault,
      identity: '_rg-infra-p-we-001/id-aks-helloworld',
    });
    assert.equal(run.result, 'Succeeded', text(run));
    assert.equal(principalName(world.sandbox, newest(world).objectId), 'id-aks-helloworld');
  });

  it('says which vaults it sees where the name is wrong', async () => {
    const run = await world.run('KeyVaultGrant', { ...inputs, keyVault: 'kvpwe999' });
    assert.match(text(run), /\[KVT001\] The key vault kvpwe999 was not found \(visible: kvpwe001 and kvpwe002\)/);
  });

  it('loses nothing when several tasks write at once', async () => {
    const before = policies(world).length;
    const identities = [
      '_rg-infra-p-we-001/id-aks-helloworld',
      'kubelet',
      `MC__rg-aks-p-we-001_aks-p-we-001_westeurope/aks-p-we-002-AgentPool`,
    ];
    const runs = await Promise.all(identities.map((identity) => world.run('KeyVaultGrant', { ...inputs, identity })));
    assert.deepEqual(
      runs.map(({ result }) => result),
      ['Succeeded', 'Succeeded', 'Succeeded'],
      runs.map(text).join('\n'),
    );
    assert.equal(policies(world).length, before + 3);
  });
});
