import assert from 'node:assert/strict';
import { KeyVaultManagementClient, type VaultCreateOrUpdateParameters } from '@azure/arm-keyvault';
import { SecretClient } from '@azure/keyvault-secrets';
import { appGroup, clientOptions, startTestAzure, subscriptionId, tenantId, type TestAzure } from './world.ts';

const sku = { family: 'A', name: 'standard' } as const;
const wanted: VaultCreateOrUpdateParameters = {
  location: 'westeurope',
  tags: { team: 'payments' },
  properties: { tenantId, sku, enableRbacAuthorization: true, softDeleteRetentionInDays: 7 },
};
const quick = { updateIntervalInMs: 1 };

describe('vaults in the sandbox, judged by @azure/arm-keyvault', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
  });
  afterEach(() => azure.stop());
  const client = (as = 'owner'): KeyVaultManagementClient =>
    new KeyVaultManagementClient(azure.credential(as), subscriptionId, clientOptions(azure));
  const api = (as = 'owner'): KeyVaultManagementClient['vaults'] => client(as).vaults;

  it('are made while their name is registered, and then have their address with a slash', async () => {
    const poller = api().createOrUpdate('app', 'kvnew01', wanted, quick);
    await poller.submitted();
    assert.equal(poller.isDone, false);
    const { properties, tags } = await poller.pollUntilDone();
    assert.deepEqual(tags, wanted.tags);
    assert.equal(properties.provisioningState, 'Succeeded');
    assert.equal(properties.vaultUri, 'https://kvnew01.vault.azure.net/');
    const raw = await azure.arm(
      'PUT',
      `${appGroup}/providers/Microsoft.KeyVault/vaults/kvnew02?api-version=2023-07-01`,
      {
        body: wanted,
      },
    );
    const shown = raw.body.properties as unknown as { provisioningState: string; vaultUri: string };
    assert.deepEqual([shown.provisioningState, shown.vaultUri], ['RegisteringDns', 'https://kvnew02.vault.azure.net']);
  });
  it('keep deleted secrets for as many days as they say', async () => {
    await api().createOrUpdate('app', 'kvnew01', wanted, quick).pollUntilDone();
    await azure.grant('Key Vault Secrets Officer', appGroup, 'owner');
    const secrets = new SecretClient('https://kvnew01.vault.azure.net', azure.credential('owner'), {
      httpClient: azure.http,
    });
    const { properties } = await secrets.setSecret('password', 'value');
    assert.equal(properties.recoveryLevel, 'CustomizedRecoverable+Purgeable');
    const poller = await secrets.beginDeleteSecret('password', { intervalInMs: 1 });
    const { deletedOn, scheduledPurgeDate } = await poller.pollUntilDone();
    assert.equal((scheduledPurgeDate!.getTime() - deletedOn!.getTime()) / 86_400_000, 7);
  });
  it('are changed, and deleted', async () => {
    const { properties } = await api().update('app', 'kvopen', { properties: { publicNetworkAccess: 'Disabled' } });
    assert.equal(properties.publicNetworkAccess, 'Disabled');
    assert.equal((await azure.vault('kvopen', '/secrets/password?api-version=7.6')).status, 403);
    await api().delete('app', 'kvopen');
    await assert.rejects(api().get('app', 'kvopen'), { statusCode: 404 });
  });
  it('have names of which each is free, taken, taken by a deleted vault, or none', async () => {
    const check = async (name: string): Promise<unknown[]> => {
      const found = await api().checkNameAvailability({ name, type: 'Microsoft.KeyVault/vaults' });
      return [found.nameAvailable, found.reason];
    };
    assert.deepEqual(await check('kvnew01'), [true, undefined]);
    assert.deepEqual(await check('KVopen'), [false, 'AlreadyExists']);
    assert.deepEqual(await check('kvgone'), [false, 'AlreadyExists']);
    assert.deepEqual(await check('kv--new'), [false, 'AccountNameInvalid']);
    await assert.rejects(api('caller').checkNameAvailability({ name: 'kvnew01', type: 'Microsoft.KeyVault/vaults' }), {
      statusCode: 403,
      message: /'Microsoft\.KeyVault\/checkNameAvailability\/read'/,
    });
  });
});
