import assert from 'node:assert/strict';
import { KeyVaultManagementClient } from '@azure/arm-keyvault';
import { clientOptions, startTestAzure, subscription, subscriptionId, vaultId, type TestAzure } from './world.ts';

const password = '/secrets/password?api-version=7.6';
const recovery = { location: 'westeurope', properties: { sku: { family: 'A', name: 'standard' } } } as const;

describe('deleted vaults, judged by @azure/arm-keyvault', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
  });
  afterEach(() => azure.stop());
  const api = (as = 'owner'): KeyVaultManagementClient['vaults'] =>
    new KeyVaultManagementClient(azure.credential(as), subscriptionId, clientOptions(azure)).vaults;
  const deleted = async (): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name } of api().listDeleted()) names.push(name!);
    return names;
  };
  const recover = (name: string): Promise<unknown> => {
    const { tenantId } = azure.principal('owner');
    const properties = { ...recovery.properties, tenantId, createMode: 'recover' as const };
    return api()
      .createOrUpdate('app', name, { ...recovery, properties }, { updateIntervalInMs: 1 })
      .pollUntilDone();
  };

  it('are listed and read with the dates of deletion and purge', async () => {
    assert.deepEqual(await deleted(), ['kvgone', 'kvprotected']);
    const { properties, type } = await api().getDeleted('KVGONE', 'westeurope');
    assert.equal(type, 'Microsoft.KeyVault/deletedVaults');
    assert.equal(properties?.vaultId, vaultId('kvgone'));
    const days = (properties.scheduledPurgeDate!.getTime() - properties.deletionDate!.getTime()) / 86_400_000;
    assert.equal(days, 7);
    assert.equal(properties.purgeProtectionEnabled, undefined);
    assert.equal((await api().getDeleted('kvprotected', 'westeurope')).properties?.purgeProtectionEnabled, true);
  });
  it('are neither among the vaults nor found at another place', async () => {
    const names: string[] = [];
    for await (const { name } of api().listBySubscription()) names.push(name!);
    assert.ok(!names.includes('kvgone'), names.join());
    await assert.rejects(api().get('app', 'kvgone'), { statusCode: 404, code: 'ResourceNotFound' });
    await assert.rejects(api().getDeleted('kvgone', 'northeurope'), { statusCode: 404, code: 'DeletedVaultNotFound' });
    assert.equal((await azure.vault('kvgone', password)).status, 502);
  });
  it('come back with their secrets and policies', async () => {
    await recover('kvgone');
    assert.deepEqual(await deleted(), ['kvprotected']);
    assert.equal((await azure.vault('kvgone', password)).body.value, 'hunter4');
    await assert.rejects(recover('kvgone'), { statusCode: 400, code: 'SoftDeletedVaultDoesNotExist' });
  });
  it('keep their name', async () => {
    const { outcome, message } = await azure.arm('PUT', `${vaultId('KVgone')}?api-version=2026-02-01`, {
      body: { ...recovery, properties: { ...recovery.properties, tenantId: azure.principal('owner').tenantId } },
    });
    assert.equal(outcome, '409 ConflictError');
    assert.match(message, /^A vault with the same name already exists in deleted state\./);
  });
  it('are purged by a long-running operation', async () => {
    const poller = api().purgeDeleted('kvgone', 'westeurope', { updateIntervalInMs: 1 });
    await poller.submitted();
    assert.equal(poller.isDone, false);
    await poller.pollUntilDone();
    assert.deepEqual(await deleted(), ['kvprotected']);
    await assert.rejects(recover('kvgone'), { statusCode: 400 });
  });
  it('are purged by 202 with the place to look at, which says 202 again and then what became of it', async () => {
    const place = `${subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kvgone/purge`;
    const { status, header } = await azure.arm('POST', `${place}?api-version=2023-07-01`);
    assert.equal(status, 202);
    const location = new URL(header('location')!);
    assert.match(location.pathname, /\/locations\/westeurope\/operationResults\/[0-9a-f-]{36}$/);
    assert.equal(location.search, '?api-version=2023-07-01');
    const look = (): ReturnType<TestAzure['arm']> => azure.arm('GET', location.pathname + location.search);
    assert.equal((await look()).status, 202);
    const done = await look();
    assert.equal(done.status, 200);
    assert.equal((done.body as unknown as { status: string }).status, 'Succeeded');
  });
  it('are not purged where they are protected', async () => {
    const purge = api().purgeDeleted('kvprotected', 'westeurope', { updateIntervalInMs: 1 });
    await assert.rejects(purge.pollUntilDone(), {
      statusCode: 405,
      code: 'MethodNotAllowed',
      message: "Operation 'DeletedVaultPurge' is not allowed.",
    });
    assert.deepEqual(await deleted(), ['kvgone', 'kvprotected']);
  });
  it('lose the role assignments that they had', async () => {
    await azure.grant('Key Vault Secrets User', `${vaultId('kvroles')}/secrets/password`, 'two');
    assert.equal((await azure.vault('kvroles', password, { as: 'two' })).status, 200);
    await api().delete('app', 'kvroles');
    assert.deepEqual(await deleted(), ['kvgone', 'kvprotected', 'kvroles']);
    await recover('kvroles');
    assert.equal((await azure.vault('kvroles', password, { as: 'two' })).status, 403);
  });
  it('are deleted once', async () => {
    const remove = (): ReturnType<TestAzure['arm']> =>
      azure.arm('DELETE', `${vaultId('kvopen')}?api-version=2026-02-01`);
    assert.equal((await remove()).status, 200);
    assert.equal((await remove()).status, 204);
  });
  it('are purged by a Purge Operator and not by a Key Vault Contributor', async () => {
    await azure.grant('Key Vault Contributor', subscription, 'caller');
    await azure.grant('Key Vault Purge Operator', subscription, 'two');
    const purge = (as: string): Promise<unknown> =>
      api(as).purgeDeleted('kvgone', 'westeurope', { updateIntervalInMs: 1 }).submitted();
    await assert.rejects(purge('caller'), { statusCode: 403, code: 'AuthorizationFailed' });
    await purge('two');
    await assert.rejects(api('two').delete('app', 'kvopen'), { statusCode: 403, code: 'AuthorizationFailed' });
    await api('caller').delete('app', 'kvopen');
  });
});
