import assert from 'node:assert/strict';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import {
  appGroup,
  assignmentPath,
  clientOptions,
  nodeGroup,
  startTestAzure,
  subscription,
  subscriptionId,
  tenantId,
  vaultId,
  type Answered,
  type TestAzure,
} from './world.ts';

const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const operator = 'f1a07417-d97a-45cb-824c-7a7467783830';
const name = 'aaaaaaaa-0000-4000-8000-000000000001';

describe('role assignments in the sandbox Azure', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
  });
  afterEach(() => azure.stop());
  const api = (): AuthorizationManagementClient =>
    new AuthorizationManagementClient(azure.credential('owner'), subscriptionId, clientOptions(azure));
  const put = (properties: object, { scope = appGroup, id = name } = {}): Promise<Answered> =>
    azure.arm('PUT', assignmentPath(scope, id), {
      body: {
        properties: {
          roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${reader}`,
          principalId: azure.principal('caller').objectId,
          principalType: 'ServicePrincipal',
          ...properties,
        },
      },
    });
  const refusal = ({ outcome }: Answered): string => outcome;
  const listed = async (scope: string, filter: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const { scope: at } of api().roleAssignments.listForScope(scope, { filter })) found.push(at!);
    return found;
  };

  it('are created with 201, updated with 200, deleted with 200 and again with 204', async () => {
    assert.equal((await put({ description: 'first' })).status, 201);
    const again = await put({ description: 'second' });
    assert.deepEqual([again.status, again.body.properties.description], [200, 'second']);
    assert.equal((await azure.arm('GET', assignmentPath(appGroup, name))).body.properties.description, 'second');
    assert.equal((await azure.arm('DELETE', assignmentPath(appGroup, name))).status, 200);
    assert.equal((await azure.arm('DELETE', assignmentPath(appGroup, name))).status, 204);
    assert.equal((await azure.arm('GET', assignmentPath(appGroup, name))).status, 404);
  });
  it('are made and unmade by @azure/arm-authorization', async () => {
    const { objectId: principalId } = azure.principal('caller');
    const made = await api().roleAssignments.create(appGroup, name, { roleDefinitionId: reader, principalId });
    assert.equal(made.principalType, 'ServicePrincipal');
    assert.equal(made.createdBy, azure.principal('owner').objectId);
    const gone = await api().roleAssignments.delete(appGroup, name);
    assert.equal(gone.name, name);
  });
  it('refuse an equal one under another name, giving its id in 32 digits', async () => {
    await put({});
    const answer = await put({}, { id: 'aaaaaaaa-0000-4000-8000-000000000002' });
    assert.equal(refusal(answer), '409 RoleAssignmentExists');
    assert.equal(
      answer.message,
      'The role assignment already exists. The ID of the existing role assignment is aaaaaaaa000040008000000000000001.',
    );
  });
  it('refuse another principal, role or scope under the same name', async () => {
    await put({});
    const expected = '400 RoleAssignmentUpdateNotPermitted';
    assert.equal(refusal(await put({ principalId: azure.principal('other').objectId })), expected);
    assert.equal(refusal(await put({ roleDefinitionId: operator })), expected);
    assert.equal(refusal(await put({}, { scope: nodeGroup })), expected);
  });
  it('refuse a principal that the directory does not have', async () => {
    const answer = await put({ principalId: 'bbbbbbbb-0000-4000-8000-000000000001' });
    assert.equal(refusal(answer), '400 PrincipalNotFound');
    assert.match(
      answer.message,
      new RegExp(`^Principal bbbbbbbb000040008000000000000001 does not exist in the directory ${tenantId}\\.`),
    );
  });
  it('refuse the client id in place of the object id', async () => {
    assert.equal(refusal(await put({ principalId: azure.principal('caller').clientId })), '400 PrincipalNotFound');
  });
  it('refuse a principal of another tenant', async () => {
    assert.equal(refusal(await put({ principalId: azure.principal('stranger').objectId })), '400 PrincipalNotFound');
  });
  it('refuse what is no GUID', async () => {
    assert.equal(refusal(await put({ principalId: 'me' })), '400 InvalidPrincipalId');
    assert.equal(refusal(await put({}, { id: 'my-assignment' })), '400 InvalidRoleAssignmentId');
  });
  it('refuse a role that does not exist and a type that does not fit', async () => {
    assert.equal(refusal(await put({ roleDefinitionId: name })), '400 RoleDefinitionDoesNotExist');
    assert.equal(refusal(await put({ principalType: 'User' })), '400 UnmatchedPrincipalType');
  });
  it('refuse the scope of a resource that is not there, and accept one secret of a vault that is', async () => {
    assert.equal(refusal(await put({}, { scope: vaultId('none') })), '404 ResourceNotFound');
    assert.equal((await put({}, { scope: `${vaultId('kvroles')}/secrets/password` })).status, 201);
  });
  it('are listed at, above and below a scope by principal, and not below by atScope()', async () => {
    await azure.grant('Reader', subscription);
    await azure.grant('Reader', appGroup);
    await azure.grant('Reader', vaultId('kvroles'));
    const { objectId } = azure.principal('caller');
    const byPrincipal = `principalId eq '${objectId}'`;
    assert.deepEqual(await listed(appGroup, byPrincipal), [subscription, appGroup, vaultId('kvroles')]);
    assert.deepEqual(await listed(appGroup, `atScope() and assignedTo('${objectId}')`), [subscription, appGroup]);
    assert.deepEqual(await listed(nodeGroup, `assignedTo('${objectId}')`), [subscription]);
    assert.deepEqual(await listed(nodeGroup, 'atScope()'), [subscription, subscription]);
  });
  it('refuse a filter that the service does not know', async () => {
    await assert.rejects(listed(appGroup, "roleName eq 'Reader'"), { statusCode: 400 });
  });
  it('come in pages with a link to the next', async () => {
    for (let number = 0; number < 205; number += 1) {
      const scope = `${vaultId('kvroles')}/secrets/s${String(number)}`;
      assert.equal((await put({}, { scope, id: crypto.randomUUID() })).status, 201);
    }
    const first = await azure.arm('GET', assignmentPath(appGroup, '').replace('/?', '?'));
    assert.equal(first.body.value.length, 200);
    assert.match(first.body.nextLink, /^https:\/\/localhost:\d+\/.*[?&]%24skiptoken=\w+$/);
    assert.equal((await listed(appGroup, `principalId eq '${azure.principal('caller').objectId}'`)).length, 205);
  });
});
