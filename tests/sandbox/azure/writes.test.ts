import assert from 'node:assert/strict';
import { KeyVaultManagementClient, type VaultCreateOrUpdateParameters } from '@azure/arm-keyvault';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import type { AzureSnapshot } from '../../../sandbox/azure/index.ts';
import {
  appGroup,
  clientOptions,
  identityId,
  otherTenantId,
  startTestAzure,
  subscription,
  subscriptionId,
  tenantId,
  vaultId,
  type TestAzure,
} from './world.ts';

describe('writing resources of the sandbox Azure', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
  });
  afterEach(() => azure.stop());

  describe('user-assigned identities', () => {
    const identities = (as = 'owner'): ManagedServiceIdentityClient['userAssignedIdentities'] =>
      new ManagedServiceIdentityClient(azure.credential(as), subscriptionId, clientOptions(azure))
        .userAssignedIdentities;
    const body = { location: 'West Europe', tags: { team: 'pods' } };

    it('are created with a principal that can be granted roles', async () => {
      const { principalId, clientId, location, tags } = await identities().createOrUpdate('app', 'three', body);
      assert.match(clientId!, /^[0-9a-f-]{36}$/);
      assert.deepEqual([location, tags], ['westeurope', { team: 'pods' }]);
      const put = await azure.arm(
        'PUT',
        `${appGroup}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}?api-version=2022-04-01`,
        {
          body: {
            properties: {
              principalId,
              roleDefinitionId:
                '/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7',
            },
          },
        },
      );
      assert.equal(put.status, 201);
    });
    it('keep their principal when they are written again', async () => {
      const first = await azure.arm('PUT', `${identityId('three')}?api-version=2024-11-30`, { body });
      const again = await azure.arm('PUT', `${identityId('three')}?api-version=2024-11-30`, { body });
      assert.deepEqual([first.status, again.status], [201, 200]);
      assert.deepEqual(again.body, first.body);
    });
    it('change their tags, and nothing else, by PATCH', async () => {
      const before = await identities().get('app', 'one');
      const after = await identities().update('app', 'one', { tags: { a: 'b' } });
      assert.deepEqual(after, { ...before, tags: { a: 'b' } });
    });
    it('are another principal when they are made anew', async () => {
      const { principalId } = await identities().get('app', 'one');
      await identities().delete('app', 'one');
      await assert.rejects(identities().get('app', 'one'), { code: 'ResourceNotFound' });
      assert.equal((await azure.arm('DELETE', `${identityId('one')}?api-version=2024-11-30`)).status, 204);
      const made = await identities().createOrUpdate('app', 'one', body);
      assert.notEqual(made.principalId, principalId);
    });
    it('never move, and need a group and a right', async () => {
      await identities().createOrUpdate('app', 'three', body);
      await assert.rejects(identities().createOrUpdate('app', 'three', { location: 'northeurope' }), {
        statusCode: 409,
        code: 'InvalidResourceLocation',
      });
      await assert.rejects(identities().createOrUpdate('none', 'three', body), { code: 'ResourceGroupNotFound' });
      await assert.rejects(identities('caller').createOrUpdate('app', 'four', body), { code: 'AuthorizationFailed' });
      await azure.grant('Managed Identity Contributor', appGroup);
      assert.equal((await identities('caller').createOrUpdate('app', 'four', body)).name, 'four');
    });
    it('say what is wrong with a request', async () => {
      const put = (asked: object): Promise<string> =>
        azure
          .arm('PUT', `${identityId('three')}?api-version=2024-11-30`, { body: asked })
          .then(({ outcome }) => outcome);
      assert.equal(await put({}), '400 LocationRequired');
      assert.equal(await put({ location: 'westeurope', tags: ['a'] }), '400 InvalidRequestContent');
    });
  });

  describe('vaults', () => {
    const vaults = (as = 'owner'): KeyVaultManagementClient['vaults'] =>
      new KeyVaultManagementClient(azure.credential(as), subscriptionId, clientOptions(azure)).vaults;
    const stored = (name: string): AzureSnapshot['vaults'][number] =>
      azure.azure.snapshot().vaults.find((vault) => vault.name === name)!;
    const bare: VaultCreateOrUpdateParameters = {
      location: 'westeurope',
      properties: { tenantId, sku: { family: 'A', name: 'standard' } },
    };
    const withPolicies = (accessPolicies: readonly object[]): object => ({
      location: 'westeurope',
      properties: { tenantId, sku: { family: 'A', name: 'standard' }, accessPolicies, enableRbacAuthorization: false },
    });
    const put = async (name: string, body: object, as = 'owner', version = '2023-07-01'): Promise<string> =>
      (await azure.arm('PUT', `${vaultId(name)}?api-version=${version}`, { body, as })).outcome;

    it('are created for roles only by the newest version, and need policies in the older ones', async () => {
      const made = await vaults().createOrUpdate('app', 'kvnew', bare);
      assert.equal(made.properties.enableRbacAuthorization, true);
      assert.equal(made.properties.vaultUri, 'https://kvnew.vault.azure.net/');
      assert.equal(await put('kvother', bare), '400 BadRequest');
      assert.equal(await put('kvother', withPolicies([])), '200');
      assert.equal(stored('kvother').rbac, false);
    });
    it('answer on their own address as soon as they are there', async () => {
      await vaults().createOrUpdate('app', 'kvnew', bare);
      await azure.grant('Key Vault Secrets User', vaultId('kvnew'));
      const { outcome } = await azure.vault('kvnew', '/secrets/none?api-version=7.4', { as: 'caller' });
      assert.equal(outcome, '404 SecretNotFound');
    });
    it('lose the policies that who writes them back does not know', async () => {
      const before = await vaults().get('app', 'kvpolicy');
      const { objectId } = azure.principal('one');
      await vaults().updateAccessPolicy('app', 'kvpolicy', 'add', {
        properties: { accessPolicies: [{ tenantId, objectId, permissions: { secrets: ['get'] } }] },
      });
      assert.equal(stored('kvpolicy').accessPolicies.length, 3);
      await vaults().createOrUpdate('app', 'kvpolicy', { location: before.location!, properties: before.properties });
      assert.deepEqual(
        stored('kvpolicy').accessPolicies.map((policy) => policy.objectId),
        ['owner', 'other'].map((name) => azure.principal(name).objectId),
      );
    });
    it('keep what a PATCH does not name', async () => {
      const before = stored('kvpolicy');
      await vaults().update('app', 'kvpolicy', { tags: { a: 'b' }, properties: { enabledForDeployment: true } });
      const after = stored('kvpolicy');
      assert.deepEqual(after, {
        ...before,
        tags: { a: 'b' },
        settings: { ...before.settings, enabledForDeployment: true },
      });
    });
    it('apply a firewall that is written', async () => {
      const read = async (): Promise<string> =>
        (await azure.vault('kvpolicy', '/secrets/password?api-version=7.4')).outcome;
      assert.equal(await read(), '200');
      await vaults().update('app', 'kvpolicy', {
        properties: { networkAcls: { defaultAction: 'Deny', bypass: 'None', ipRules: [{ value: '20.0.0.0/8' }] } },
      });
      assert.equal(await read(), '403 Forbidden ForbiddenByFirewall');
    });
    it('change their model only for those who may assign roles', async () => {
      await azure.grant('Key Vault Contributor', vaultId('kvpolicy'));
      const flip = { properties: { enableRbacAuthorization: true } };
      await assert.rejects(vaults('caller').update('app', 'kvpolicy', flip), { code: 'AuthorizationFailed' });
      await vaults('caller').update('app', 'kvpolicy', { properties: { enabledForDeployment: true } });
      assert.equal(stored('kvpolicy').rbac, false);
      await vaults().update('app', 'kvpolicy', flip);
      assert.equal(stored('kvpolicy').rbac, true);
    });
    it('never lose purge protection', async () => {
      await vaults().update('app', 'kvpolicy', { properties: { enablePurgeProtection: true } });
      await assert.rejects(
        vaults().update('app', 'kvpolicy', {
          properties: { enablePurgeProtection: false, enabledForDeployment: true },
        }),
        { code: 'BadRequest' },
      );
      assert.deepEqual(
        [stored('kvpolicy').settings.purgeProtection, stored('kvpolicy').settings.enabledForDeployment],
        [true, false],
      );
    });
    it('refuse names that are wrong, taken, or of a deleted vault', async () => {
      assert.equal(await put('-kv', withPolicies([])), '400 VaultNameNotValid');
      assert.equal(
        (
          await azure.arm(
            'PUT',
            `${subscription}/resourceGroups/nodes/providers/Microsoft.KeyVault/vaults/kvpolicy?api-version=2023-07-01`,
            { body: withPolicies([]) },
          )
        ).outcome,
        '409 VaultAlreadyExists',
      );
      await vaults().delete('app', 'kvopen');
      assert.equal(await put('kvopen', withPolicies([])), '409 ConflictError');
    });
    it('say what the sandbox does not imitate, and stay as they are', async () => {
      const before = stored('kvpolicy');
      const rules = { networkAcls: { defaultAction: 'Deny', virtualNetworkRules: [{ id: `${appGroup}/x` }] } };
      const patched = await azure.arm('PATCH', `${vaultId('kvpolicy')}?api-version=2023-07-01`, {
        body: { properties: rules },
      });
      assert.deepEqual([patched.status, stored('kvpolicy')], [501, before]);
      const elsewhere = { location: 'westeurope', properties: { ...bare.properties, tenantId: otherTenantId } };
      assert.match(await put('kvpolicy', elsewhere, 'owner', '2026-02-01'), /^501/);
    });
    it('answer older versions without what those do not know', async () => {
      const path = `${vaultId('kvpolicy')}?api-version=2018-02-14`;
      const { body } = await azure.arm('PATCH', path, { body: { tags: { a: 'b' } } });
      assert.equal('enableRbacAuthorization' in body.properties, false);
    });
    it('refuse policies of another tenant, twice the same, and values that there are not', async () => {
      const { objectId } = azure.principal('one');
      const policy = { tenantId, objectId, permissions: { secrets: ['get'] } };
      const before = stored('kvpolicy');
      assert.equal(await put('kvpolicy', withPolicies([{ ...policy, tenantId: subscriptionId }])), '400 BadRequest');
      assert.equal(await put('kvpolicy', withPolicies([policy, policy])), '400 BadRequest');
      const patch = async (properties: object): Promise<string> =>
        (await azure.arm('PATCH', `${vaultId('kvpolicy')}?api-version=2023-07-01`, { body: { properties } })).outcome;
      assert.equal(await patch({ publicNetworkAccess: 'Perhaps' }), '400 BadRequest');
      assert.equal(await patch({ softDeleteRetentionInDays: 6 }), '400 BadRequest');
      assert.equal(await patch({ enabledForDeployment: 'yes' }), '400 BadRequest');
      assert.deepEqual(stored('kvpolicy'), before);
    });
  });

  describe('providers', () => {
    it('tell their types and versions to those who may read them', async () => {
      const path = `${subscription}/providers/microsoft.containerservice?api-version=2024-11-01`;
      const { body } = await azure.arm('GET', path);
      const { namespace, registrationState, resourceTypes } = body as unknown as {
        readonly namespace: string;
        readonly registrationState: string;
        readonly resourceTypes: readonly { readonly resourceType: string; readonly apiVersions: readonly string[] }[];
      };
      assert.deepEqual([namespace, registrationState], ['Microsoft.ContainerService', 'Registered']);
      assert.equal(resourceTypes[0]!.resourceType, 'managedClusters');
      assert.ok(resourceTypes[0]!.apiVersions.includes('2026-04-01'));
      assert.equal((await azure.arm('GET', path, { as: 'caller' })).outcome, '403 AuthorizationFailed');
      assert.equal(
        (await azure.arm('GET', `${subscription}/providers/None?api-version=2024-11-01`)).outcome,
        '404 InvalidResourceNamespace',
      );
      const all = await azure.arm('GET', `${subscription}/providers?api-version=2024-11-01`);
      assert.equal(all.body.value.length, 4);
    });
    it('list resources by type and name', async () => {
      const names = async (filter: string): Promise<readonly string[]> => {
        const path = `${subscription}/resources?api-version=2024-11-01&$filter=${encodeURIComponent(filter)}`;
        return (await azure.arm('GET', path)).body.value.map(({ name }) => name);
      };
      assert.deepEqual(await names("resourceType eq 'microsoft.keyvault/vaults' and name eq 'KVROLES'"), ['kvroles']);
      assert.deepEqual(await names("name eq 'vmss'"), ['vmss', 'vmss']);
    });
  });
});
