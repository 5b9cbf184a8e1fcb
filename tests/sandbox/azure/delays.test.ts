import assert from 'node:assert/strict';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { YamlFileError } from '../../../sandbox/kit/checked-yaml.ts';
import { parseFaultPlan } from '../../../sandbox/kit/faults.ts';
import { parseScenario } from '../../../sandbox/scenario/load.ts';
import {
  appGroup,
  assignmentPath,
  clientOptions,
  clusterId,
  identityId,
  scenarioYaml,
  startTestAzure,
  subscriptionId,
  vaultId,
  type Answered,
  type TestAzure,
} from './world.ts';

const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';

describe('delays between the parts of Azure', () => {
  let azure: TestAzure;
  let time = 0;
  const start = async (delays: string): Promise<void> => {
    time = Date.now();
    azure = await startTestAzure({ now: () => time, throttling: 'off', more: `delays: [${delays}]` });
  };
  const pass = (seconds: number): void => {
    time += seconds * 1000;
  };
  afterEach(() => azure.stop());

  const readCluster = (as = 'caller'): Promise<Answered> =>
    azure.arm('GET', `${clusterId}?api-version=2026-04-01`, { as });
  const readSecret = (vault: string, as = 'caller'): Promise<Answered> =>
    azure.vault(vault, '/secrets/password?api-version=7.6', { as });
  const remove = async (name: string, scope = appGroup): Promise<void> => {
    assert.equal((await azure.arm('DELETE', assignmentPath(scope, name))).status, 200);
  };
  const put = (principalId: string, more: object = {}): Promise<Answered> =>
    azure.arm('PUT', assignmentPath(appGroup, crypto.randomUUID()), {
      body: {
        properties: {
          roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${reader}`,
          principalId,
          ...more,
        },
      },
    });

  it('are none where nobody asks for them', async () => {
    await start('');
    const name = await azure.grant('Reader', appGroup);
    assert.equal((await readCluster()).status, 200);
    await remove(name);
    assert.equal((await readCluster()).outcome, '403 AuthorizationFailed');
  });

  it('let role assignments take effect later, and removals, too', async () => {
    await start('{ of: roleAssignment, seconds: 30 }');
    const name = await azure.grant('Reader', appGroup);
    assert.equal((await azure.arm('GET', assignmentPath(appGroup, name))).status, 200);
    assert.equal((await readCluster()).outcome, '403 AuthorizationFailed');
    pass(29);
    assert.equal((await readCluster()).outcome, '403 AuthorizationFailed');
    pass(1);
    assert.equal((await readCluster()).status, 200);
    await remove(name);
    pass(29);
    assert.equal((await readCluster()).status, 200);
    pass(1);
    assert.equal((await readCluster()).outcome, '403 AuthorizationFailed');
  });

  it('show whoever learns late a short-lived assignment late, and for as short a time', async () => {
    await start('{ of: roleAssignment, seconds: 30 }');
    const name = await azure.grant('Reader', appGroup);
    pass(10);
    await remove(name);
    for (const [wait, status] of [
      [19, 403],
      [1, 200],
      [9, 200],
      [1, 403],
    ] as const) {
      pass(wait);
      assert.equal((await readCluster()).status, status);
    }
  });

  it('can be of one role, of one principal, and the longest of those that fit', async () => {
    await start(
      '{ of: roleAssignment, role: Reader, seconds: 10 }, { of: roleAssignment, principal: other, seconds: 20 }',
    );
    await azure.grant('Contributor', appGroup, 'caller');
    assert.equal((await readCluster()).status, 200);
    await azure.grant('Reader', appGroup, 'other');
    await azure.grant('Reader', appGroup, 'one');
    pass(10);
    assert.equal((await readCluster('one')).status, 200);
    assert.equal((await readCluster('other')).status, 403);
    pass(10);
    assert.equal((await readCluster('other')).status, 200);
  });

  it('do not touch what was there before', async () => {
    await start('{ of: roleAssignment, seconds: 600 }, { of: principal, seconds: 0 }');
    assert.equal((await readCluster('owner')).status, 200);
  });

  it('let one vault learn of roles and policies later than others', async () => {
    await start('{ of: vault, vault: kvpolicy, seconds: 20 }, { of: vault, vault: kvroles, seconds: 40 }');
    await azure.grant('Key Vault Secrets User', appGroup);
    await azure.grant('Reader', appGroup);
    assert.equal((await readCluster()).status, 200);
    const { objectId, tenantId } = azure.principal('caller');
    const policy = { tenantId, objectId, permissions: { secrets: ['get'] } };
    for (const vault of ['kvpolicy', 'kvopen']) {
      const path = `${vaultId(vault)}/accessPolicies/add?api-version=2026-02-01`;
      assert.equal((await azure.arm('PUT', path, { body: { properties: { accessPolicies: [policy] } } })).status, 200);
    }
    assert.equal((await readSecret('kvopen')).status, 200);
    assert.equal((await readSecret('kvpolicy')).outcome, '403 Forbidden ForbiddenByPolicy');
    assert.equal((await readSecret('kvpolicy', 'owner')).status, 200);
    pass(20);
    assert.equal((await readSecret('kvpolicy')).status, 200);
    assert.equal((await readSecret('kvroles')).outcome, '403 Forbidden ForbiddenByRbac');
    pass(20);
    assert.equal((await readSecret('kvroles')).status, 200);
  });

  it('let a removed policy work on for as long', async () => {
    await start('{ of: vault, seconds: 20 }');
    const { objectId, tenantId } = azure.principal('owner');
    const body = { properties: { accessPolicies: [{ tenantId, objectId, permissions: {} }] } };
    await azure.arm('PUT', `${vaultId('kvpolicy')}/accessPolicies/remove?api-version=2026-02-01`, { body });
    pass(19);
    assert.equal((await readSecret('kvpolicy', 'owner')).status, 200);
    pass(1);
    assert.equal((await readSecret('kvpolicy', 'owner')).outcome, '403 Forbidden ForbiddenByPolicy');
  });

  it('hide a new principal from Microsoft.Authorization, unless the request says what it is', async () => {
    await start('{ of: principal, seconds: 60 }');
    pass(60);
    const path = `${identityId('fresh')}?api-version=2024-11-30`;
    const made = await azure.arm('PUT', path, { body: { location: 'westeurope' } });
    const { principalId } = (made.body as unknown as { properties: { principalId: string } }).properties;
    const refused = await put(principalId);
    assert.equal(refused.outcome, '400 PrincipalNotFound');
    assert.match(refused.message, /might be related to a replication delay/);
    assert.equal((await put(azure.principal('other').objectId)).status, 201);
    assert.equal((await put(principalId, { principalType: 'ServicePrincipal' })).status, 201);
    pass(60);
    assert.equal((await put(principalId)).outcome, '409 RoleAssignmentExists');
  });

  it('hide it from every request where the plan says so', async () => {
    await start('{ of: principal, principal: other, seconds: 60, principalTypeHelps: false }');
    const { objectId } = azure.principal('other');
    const asked = (): Promise<Answered> => put(objectId, { principalType: 'ServicePrincipal' });
    assert.equal((await asked()).outcome, '400 PrincipalNotFound');
    assert.equal((await put(azure.principal('one').objectId)).status, 201);
    pass(60);
    assert.equal((await asked()).status, 201);
  });

  it('make lists of role assignments old: without what is new, with what is gone', async () => {
    await start('{ of: read, resource: roleAssignments, seconds: 15 }');
    const client = new AuthorizationManagementClient(azure.credential('owner'), subscriptionId, clientOptions(azure));
    const listed = async (name: string): Promise<boolean> => {
      for await (const assignment of client.roleAssignments.listForResourceGroup('app')) {
        if (assignment.name === name) return true;
      }
      return false;
    };
    const name = await azure.grant('Reader', appGroup);
    assert.equal((await client.roleAssignments.get(appGroup.slice(1), name)).name, name);
    assert.equal((await readCluster()).status, 200);
    assert.equal(await listed(name), false);
    pass(15);
    assert.equal(await listed(name), true);
    await remove(name);
    assert.equal(await listed(name), true);
    pass(15);
    assert.equal(await listed(name), false);
  });

  it('make a vault show old policies, which nobody loses by adding to them', async () => {
    await start('{ of: read, resource: vaults, seconds: 15 }');
    const path = `${vaultId('kvopen')}?api-version=2026-02-01`;
    const shown = async (): Promise<number> => {
      const { body } = await azure.arm('GET', path);
      return (body as unknown as { properties: { accessPolicies: unknown[] } }).properties.accessPolicies.length;
    };
    const before = await shown();
    for (const name of ['caller', 'other']) {
      const { objectId, tenantId } = azure.principal(name);
      const body = { properties: { accessPolicies: [{ tenantId, objectId, permissions: { secrets: ['get'] } }] } };
      await azure.arm('PUT', `${vaultId('kvopen')}/accessPolicies/add?api-version=2026-02-01`, { body });
    }
    assert.equal(await shown(), before);
    pass(15);
    assert.equal(await shown(), before + 2);
  });
});

describe('delays as data', () => {
  it('stand in a scenario or in a fault plan', () => {
    const yaml = 'delays: [{ of: vault, vault: kvpolicy, seconds: 5 }, { of: read, seconds: 0.5 }]\n';
    const expected = [
      { of: 'vault', vault: 'kvpolicy', seconds: 5 },
      { of: 'read', seconds: 0.5 },
    ];
    assert.deepEqual(parseScenario(scenarioYaml + yaml).delays, expected);
    assert.deepEqual(parseFaultPlan(`faults: []\n${yaml}`).delays, expected);
    assert.deepEqual(parseFaultPlan('faults: []').delays, []);
  });

  it('are refused where nobody could know what they mean', async () => {
    for (const wrong of [
      '{ of: vault }',
      '{ of: everything, seconds: 1 }',
      '{ of: vault, role: Reader, seconds: 1 }',
      '{ of: read, seconds: -1 }',
    ]) {
      assert.throws(() => parseFaultPlan(`faults: []\ndelays: [${wrong}]`), YamlFileError, wrong);
    }
    for (const unknown of ['role: Nobody', 'principal: nobody']) {
      const more = `delays: [{ of: roleAssignment, seconds: 1, ${unknown} }]`;
      await assert.rejects(startTestAzure({ more }), /"[Nn]obody"/);
    }
  });
});
