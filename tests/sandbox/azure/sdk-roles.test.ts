import assert from 'node:assert/strict';
import { AuthorizationManagementClient, type RoleDefinition } from '@azure/arm-authorization';
import {
  appGroup,
  clientOptions,
  clusterId,
  nodeGroup,
  startTestAzure,
  subscription,
  subscriptionId,
  vaultId,
  type TestAzure,
} from './world.ts';

const role = 'bbbbbbbb-0000-4000-8000-000000000001';
const other = 'bbbbbbbb-0000-4000-8000-000000000002';
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const name = 'aaaaaaaa-0000-4000-8000-000000000001';
const written: RoleDefinition = {
  roleName: 'Cluster reader',
  description: 'Reads clusters.',
  assignableScopes: [appGroup],
  permissions: [{ actions: ['Microsoft.ContainerService/managedClusters/read'], dataActions: [] }],
};

describe('roles and their assignments in the sandbox, judged by @azure/arm-authorization', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
  });
  afterEach(() => azure.stop());
  const client = (as = 'owner'): AuthorizationManagementClient =>
    new AuthorizationManagementClient(azure.credential(as), subscriptionId, clientOptions(azure));
  const roles = (as = 'owner'): AuthorizationManagementClient['roleDefinitions'] => client(as).roleDefinitions;
  const assignments = (as = 'owner'): AuthorizationManagementClient['roleAssignments'] => client(as).roleAssignments;
  const found = async (list: AsyncIterable<{ readonly name?: string }>): Promise<(string | undefined)[]> => {
    const names: (string | undefined)[] = [];
    for await (const item of list) names.push(item.name);
    return names;
  };

  describe('custom roles', () => {
    it('are made, found by name, changed, and count at once', async () => {
      const made = await roles().createOrUpdate(appGroup, role, written);
      assert.deepEqual([made.name, made.roleType, made.roleName], [role, 'CustomRole', 'Cluster reader']);
      assert.deepEqual(await found(roles().list(appGroup, { filter: "roleName eq 'Cluster reader'" })), [role]);
      assert.deepEqual(await found(roles().list(nodeGroup, { filter: "roleName eq 'Cluster reader'" })), []);
      await assignments().create(appGroup, name, {
        roleDefinitionId: role,
        principalId: azure.principal('caller').objectId,
      });
      const read = async (): Promise<number> =>
        (await azure.arm('GET', `${clusterId}?api-version=2026-04-01`, { as: 'caller' })).status;
      assert.equal(await read(), 200);
      await roles().createOrUpdate(appGroup, role, { ...written, permissions: [{ actions: [] }] });
      assert.equal(await read(), 403);
    });
    it('are deleted unless somebody holds them', async () => {
      await roles().createOrUpdate(appGroup, role, written);
      const { objectId: principalId } = azure.principal('caller');
      await assignments().create(appGroup, name, { roleDefinitionId: role, principalId });
      await assert.rejects(roles().delete(appGroup, role), { statusCode: 400, code: 'RoleDefinitionHasAssignments' });
      await assignments().delete(appGroup, name);
      assert.equal((await roles().delete(appGroup, role)).roleName, 'Cluster reader');
      await assert.rejects(roles().get(appGroup, role), { statusCode: 404 });
      const path = `${appGroup}/providers/Microsoft.Authorization/roleDefinitions/${role}?api-version=2022-04-01`;
      assert.equal((await azure.arm('DELETE', path)).status, 204);
    });
    it('have a name of their own, scopes and a GUID', async () => {
      await roles().createOrUpdate(appGroup, role, written);
      await assert.rejects(roles().createOrUpdate(appGroup, other, written), {
        statusCode: 409,
        code: 'RoleDefinitionWithSameNameExists',
      });
      const refused = { statusCode: 400 };
      await assert.rejects(roles().createOrUpdate(appGroup, other, { ...written, assignableScopes: [] }), refused);
      await assert.rejects(roles().createOrUpdate(appGroup, other, { ...written, assignableScopes: ['/'] }), refused);
      await assert.rejects(roles().createOrUpdate(appGroup, 'mine', { ...written, roleName: 'Mine' }), refused);
    });
    it('are not the built-in ones', async () => {
      await assert.rejects(roles().createOrUpdate(appGroup, reader, written), { statusCode: 400 });
      await assert.rejects(roles().delete(appGroup, reader), { statusCode: 400 });
    });
    it('are made by who may do so at every scope where they can be assigned', async () => {
      await azure.grant('User Access Administrator', appGroup);
      await roles('caller').createOrUpdate(appGroup, role, written);
      const wider = { ...written, assignableScopes: [appGroup, nodeGroup] };
      await assert.rejects(roles('caller').createOrUpdate(appGroup, role, wider), {
        statusCode: 403,
        message: /'Microsoft\.Authorization\/roleDefinitions\/write' over scope '.*\/nodes'/,
      });
    });
  });

  describe('assignments', () => {
    it('are read and deleted by their whole id', async () => {
      const { objectId: principalId } = azure.principal('caller');
      const { id } = await assignments().create(appGroup, name, { roleDefinitionId: reader, principalId });
      assert.equal((await assignments().getById(id!)).principalId, principalId);
      assert.equal((await assignments().deleteById(id!)).name, name);
      await assert.rejects(assignments().getById(id!), { statusCode: 404, code: 'RoleAssignmentNotFound' });
    });
    it('are listed for a subscription, a group, a resource and any scope', async () => {
      const { objectId: principalId } = azure.principal('caller');
      const scope = vaultId('kvroles');
      await assignments().create(scope, name, { roleDefinitionId: reader, principalId });
      const filter = `principalId eq '${principalId}'`;
      const lists = [
        assignments().listForSubscription({ filter }),
        assignments().listForResourceGroup('app', { filter }),
        assignments().listForResource('app', 'Microsoft.KeyVault', 'vaults', 'kvroles', { filter }),
        assignments().listForScope(scope, { filter }),
      ];
      for (const list of lists) assert.deepEqual(await found(list), [name]);
      assert.deepEqual(
        await found(assignments().listForScope(subscription, { filter: `atScope() and ${filter}` })),
        [],
      );
    });
  });
});
