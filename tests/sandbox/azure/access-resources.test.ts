import assert from 'node:assert/strict';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ResourceGraphClient } from '@azure/arm-resourcegraph';
import { YamlFileError } from '../../../sandbox/kit/checked-yaml.ts';
import { parseScenario } from '../../../sandbox/scenario/load.ts';
import {
  appGroup,
  assignmentPath,
  clientOptions,
  clusterId,
  nodeGroup,
  scenarioYaml,
  startTestAzure,
  subscription,
  subscriptionId,
  tenantId,
  vaultId,
  type TestAzure,
} from './world.ts';

const corp = '/providers/Microsoft.Management/managementGroups/corp';
const yaml = `${scenarioYaml.replace(
  '    roleAssignments:\n',
  `    denyAssignments:
      - { name: Blueprint, scope: '{subscription}/resourceGroups/app', actions: ['*/delete'], excludePrincipals: [owner] }
      - { name: Nodes, scope: '{subscription}/resourceGroups/nodes', dataActions: ['*'], principals: [other], doNotApplyToChildScopes: true }
    locks:
      - { name: keep, scope: '{subscription}/resourceGroups/app', level: CanNotDelete, notes: Ask first. }
    roleAssignments:
`,
)}
managementGroups:
  - { name: corp, displayName: Contoso, tenant: home, roleAssignments: [{ role: Reader, principal: caller }] }
  - { name: production, tenant: home, parent: corp, subscriptions: [Test] }
  - { name: laboratory, tenant: home }
`;

describe('what decides about access beside role assignments', () => {
  let azure: TestAzure;
  let client: AuthorizationManagementClient;
  before(async () => {
    azure = await startTestAzure({ scenario: parseScenario(yaml) });
    client = new AuthorizationManagementClient(azure.credential('owner'), subscriptionId, clientOptions(azure));
  });
  after(() => azure.stop());

  const named = async (list: AsyncIterable<{ denyAssignmentName?: string }>): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    for await (const { denyAssignmentName } of list) found.push(denyAssignmentName);
    return found;
  };

  it('lists deny assignments by scope and filter, those of locked node groups included', async () => {
    const { denyAssignments } = client;
    const lockdown = 'AKS node resource group lockdown deny assignment';
    assert.deepEqual(await named(denyAssignments.list()), ['Blueprint', 'Nodes', lockdown]);
    assert.deepEqual(await named(denyAssignments.listForResourceGroup('app')), ['Blueprint']);
    assert.deepEqual(await named(denyAssignments.listForScope(clusterId.slice(1))), ['Blueprint']);
    assert.deepEqual(await named(denyAssignments.list({ filter: 'atScope()' })), []);
    const other = azure.principal('other').objectId;
    assert.deepEqual(await named(denyAssignments.list({ filter: `principalId eq '${other}'` })), ['Nodes']);
    assert.deepEqual(await named(denyAssignments.list({ filter: "denyAssignmentName eq 'blueprint'" })), ['Blueprint']);
    await assert.rejects(named(denyAssignments.list({ filter: 'name eq 1' })), /not supported/);
  });

  it('shows who is denied what', async () => {
    const [first] = (await client.denyAssignments.list().byPage().next()).value as { id: string; name: string }[];
    const byId = await client.denyAssignments.getById(first!.id.slice(1));
    assert.deepEqual(await client.denyAssignments.get(appGroup.slice(1), first!.name), byId);
    const { permissions, principals, excludePrincipals, scope, isSystemProtected } = byId;
    assert.deepEqual(permissions, [{ actions: ['*/delete'], notActions: [], dataActions: [], notDataActions: [] }]);
    assert.deepEqual(principals, [{ id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' }]);
    assert.deepEqual(excludePrincipals, [{ id: azure.principal('owner').objectId, type: 'ServicePrincipal' }]);
    assert.deepEqual([scope, isSystemProtected], [appGroup, true]);
    await assert.rejects(client.denyAssignments.get(nodeGroup.slice(1), first!.name), {
      code: 'DenyAssignmentNotFound',
    });
  });

  it('names the deny assignment where it refuses', async () => {
    await azure.grant('User Access Administrator', appGroup);
    const path = assignmentPath(appGroup, crypto.randomUUID());
    const { outcome, message } = await azure.arm('DELETE', path, { as: 'caller' });
    assert.equal(outcome, '403 DenyAssignmentAuthorizationFailed');
    assert.match(
      message,
      /because of the deny assignment with name 'Blueprint' and Id '[0-9a-f]{32}' at scope '.*\/app'/,
    );
  });

  it('lists locks, and names the locked scope where one is in the way', async () => {
    const path = (scope: string, more = ''): string =>
      `${scope}/providers/Microsoft.Authorization/locks${more}?api-version=2020-05-01`;
    const lock = {
      properties: { level: 'CanNotDelete', notes: 'Ask first.' },
      id: `${appGroup}/providers/Microsoft.Authorization/locks/keep`,
      type: 'Microsoft.Authorization/locks',
      name: 'keep',
    };
    for (const scope of [subscription, appGroup, clusterId]) {
      assert.deepEqual((await azure.arm('GET', path(scope))).body.value, [lock], scope);
    }
    assert.deepEqual((await azure.arm('GET', `${path(subscription)}&$filter=atScope()`)).body.value, []);
    assert.deepEqual((await azure.arm('GET', path(nodeGroup))).body.value, []);
    assert.deepEqual((await azure.arm('GET', path(appGroup, '/keep'))).body, lock);
    assert.equal((await azure.arm('GET', path(appGroup, '/other'))).outcome, '404 LockNotFound');
    const assignment = await azure.grant('Reader', vaultId('kvroles'), 'other');
    const removal = await azure.arm('DELETE', assignmentPath(vaultId('kvroles'), assignment));
    assert.equal(removal.outcome, '409 ScopeLocked');
    assert.equal(
      removal.message,
      `The scope '${vaultId('kvroles')}/providers/Microsoft.Authorization/roleAssignments/${assignment}' cannot perform delete operation because following scope(s) are locked: '${appGroup}'. Please remove the lock and try again.`,
    );
  });

  it('reads management groups, each for who may', async () => {
    const get = (name: string, as: string): ReturnType<TestAzure['arm']> =>
      azure.arm('GET', `/providers/Microsoft.Management/managementGroups/${name}?api-version=2020-05-01`, { as });
    assert.deepEqual((await get('production', 'caller')).body, {
      id: '/providers/Microsoft.Management/managementGroups/production',
      type: 'Microsoft.Management/managementGroups',
      name: 'production',
      properties: {
        tenantId,
        displayName: 'production',
        details: { version: 1, parent: { id: corp, name: 'corp', displayName: 'Contoso' } },
      },
    });
    assert.equal((await get('laboratory', 'caller')).outcome, '403 AuthorizationFailed');
    const list = await azure.arm('GET', '/providers/Microsoft.Management/managementGroups?api-version=2020-05-01', {
      as: 'caller',
    });
    assert.deepEqual(
      list.body.value.map(({ name }) => name),
      ['corp', 'production'],
    );
  });

  it('shows assignments of management groups below them, and writes them there', async () => {
    const below = await client.roleAssignments
      .listForScope(clusterId.slice(1), { filter: 'atScope()' })
      .byPage()
      .next();
    const scopes = (below.value as { scope: string }[]).map(({ scope }) => scope);
    assert.ok(scopes.includes(corp));
    const name = crypto.randomUUID();
    const request = {
      roleDefinitionId: '/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7',
      principalId: azure.principal('other').objectId,
    };
    const properties = { roleDefinitionId: request.roleDefinitionId, principalId: request.principalId };
    const refused = await azure.arm('PUT', assignmentPath(corp, name), { body: { properties } });
    assert.equal(refused.outcome, '403 AuthorizationFailed');
    const listed = await azure.arm('GET', '/subscriptions?api-version=2022-12-01', { as: 'caller' });
    assert.equal(listed.body.value.length, 1);
  });

  it('queries the subscriptions below a management group', async () => {
    const graph = new ResourceGraphClient(azure.credential('caller'), clientOptions(azure));
    const ask = (group: string): Promise<{ count: number }> =>
      graph.resources({ query: "resources | where name == 'aks'", managementGroups: [group] });
    assert.equal((await ask('corp')).count, 1);
    await assert.rejects(ask('laboratory'), { statusCode: 403 });
  });

  it('is checked with the rest of a scenario', () => {
    const problems = (more: string): readonly string[] => {
      try {
        parseScenario(`${scenarioYaml}${more}\n`);
        return [];
      } catch (error) {
        if (error instanceof YamlFileError) return error.problems.map(({ message }) => message);
        throw error;
      }
    };
    const groups = (...list: readonly string[]): readonly string[] =>
      problems(`managementGroups: [${list.join(', ')}]`);
    assert.match(groups('{ name: a, tenant: nowhere }').join(), /there is no tenant "nowhere"/);
    assert.match(groups('{ name: a, tenant: home, parent: b }').join(), /there is no management group "b"/);
    assert.match(groups('{ name: a, tenant: home, parent: a }').join(), /"a" stands above itself/);
    assert.match(groups('{ name: a, tenant: home, subscriptions: [x] }').join(), /there is no subscription "x"/);
    const twice = groups(...['a', 'b'].map((name) => `{ name: ${name}, tenant: home, subscriptions: [Test] }`));
    assert.match(twice.join(), /"Test" is below two management groups/);
    const nobody = groups('{ name: a, tenant: home, denyAssignments: [{ name: d, principals: [nobody] }] }');
    assert.match(nobody.join(), /there is no application or identity "nobody"/);
  });
});
