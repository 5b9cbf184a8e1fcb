import assert from 'node:assert/strict';
import { KeyVaultManagementClient } from '@azure/arm-keyvault';
import {
  clientOptions,
  otherTenantId,
  startTestAzure,
  subscriptionId,
  tenantId,
  vaultId,
  type TestAzure,
} from './world.ts';

const application = '44444444-4444-4444-8444-444444444444';

describe('access policies in the sandbox Azure', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
  });
  afterEach(() => azure.stop());
  const change = async (kind: string, ...accessPolicies: object[]): Promise<string> => {
    const path = `${vaultId('kvpolicy')}/accessPolicies/${kind}?api-version=2026-02-01`;
    const { outcome } = await azure.arm('PUT', path, { body: { properties: { accessPolicies } } });
    return outcome;
  };
  const policy = (name: string, secrets: string[], more: object = {}): object => ({
    tenantId,
    objectId: azure.principal(name).objectId,
    permissions: { secrets },
    ...more,
  });
  const of = (name: string, applicationId?: string): unknown =>
    azure.azure
      .snapshot()
      .vaults[0]!.accessPolicies.find(
        (entry) => entry.objectId === azure.principal(name).objectId && entry.applicationId === applicationId,
      )?.permissions;

  it('are added without touching others', async () => {
    const before = azure.azure.snapshot().vaults[0]!.accessPolicies;
    assert.equal(await change('add', policy('one', ['get'])), '200');
    const after = azure.azure.snapshot().vaults[0]!.accessPolicies;
    assert.deepEqual(after.slice(0, before.length), before);
    assert.deepEqual(of('one'), { secrets: ['get'] });
  });
  it('are merged by add, in any letter case', async () => {
    await change('add', policy('one', ['get']));
    await change('add', policy('one', ['Get', 'list'], { permissions: { secrets: ['Get', 'list'], keys: ['sign'] } }));
    assert.deepEqual(of('one'), { keys: ['sign'], secrets: ['get', 'list'] });
  });
  it('are overwritten by replace and dropped by remove', async () => {
    await change('add', policy('one', ['get', 'list']));
    await change('replace', policy('one', ['list']));
    assert.deepEqual(of('one'), { secrets: ['list'] });
    await change('remove', policy('one', ['list']));
    assert.equal(of('one'), undefined);
  });
  it('of an application on behalf of users are entries of their own', async () => {
    await change('add', policy('other', ['list']));
    assert.deepEqual(of('other'), { secrets: ['list'] });
    assert.deepEqual((of('other', application) as { secrets: unknown }).secrets, ['get']);
    await change('remove', policy('other', [], { applicationId: application }));
    assert.equal(of('other', application), undefined);
    assert.deepEqual(of('other'), { secrets: ['list'] });
  });
  it('of another tenant or without an object id are refused', async () => {
    const refused = '400 BadRequest';
    assert.equal(await change('add', policy('one', ['get'], { tenantId: otherTenantId })), refused);
    assert.equal(await change('add', policy('one', ['get'], { objectId: 'one' })), refused);
    assert.equal(await change('add', policy('one', ['get'], { permissions: { passwords: ['get'] } })), refused);
    assert.equal(of('one'), undefined);
  });
  it('are at most 1024', async () => {
    const many = Array.from({ length: 1023 }, () => policy('one', ['get'], { objectId: crypto.randomUUID() }));
    assert.equal(await change('add', ...many), '400 BadRequest');
    assert.equal(await change('add', ...many.slice(1)), '200');
  });
  it('are written by @azure/arm-keyvault and take effect at once', async () => {
    const api = new KeyVaultManagementClient(azure.credential('owner'), subscriptionId, clientOptions(azure));
    const read = (): Promise<{ status: number }> =>
      azure.vault('kvpolicy', '/secrets/password?api-version=7.6', { as: 'one' });
    assert.equal((await read()).status, 403);
    const { objectId } = azure.principal('one');
    await api.vaults.updateAccessPolicy('app', 'kvpolicy', 'add', {
      properties: { accessPolicies: [{ tenantId, objectId, permissions: { secrets: ['get'] } }] },
    });
    assert.equal((await read()).status, 200);
  });
});
