import assert from 'node:assert/strict';
import type { DelaySpec } from '../../../sandbox/kit/delays.ts';
import { worldOfConnections } from '../connections/world.ts';
import { cluster } from '../../support/one-cluster.ts';
import type { Inputs, LateWorld } from './support.ts';
import {
  assertNothingDouble,
  assertSucceeded,
  grantByAzureClient,
  infra,
  oneGrant,
  readSecret,
  startLateWorld,
  stateOf,
  withSecondAgent,
  withServicePrincipal,
} from './support.ts';

const onRoles: Inputs = { ...cluster, keyVault: 'kvpwe002', identity: `${infra}/agent-machine` };
const onPolicies: Inputs = { ...onRoles, keyVault: 'kvpwe001' };

interface Row {
  readonly title: string;
  readonly task: 'AksRoleGrants' | 'KeyVaultGrant';
  readonly inputs: Inputs;
  readonly delay: DelaySpec;
  /** What the log says the run waits for; nothing where it does not notice. */
  readonly waitsFor?: RegExp;
  /** Whether it can end sooner than that. */
  readonly waits: boolean;
  /** What a second run at once writes again: it sees an Azure in which nothing has happened. */
  readonly again: number;
}

const principal = { of: 'principal', seconds: 90, principalTypeHelps: false } as const;
const lists = { of: 'read', seconds: 90 } as const;
const unknown = /Microsoft Entra to know .*PrincipalNotFound/;

const rows: readonly Row[] = [
  {
    title: 'a new identity is known to Resource Manager late',
    task: 'AksRoleGrants',
    inputs: oneGrant,
    delay: { ...principal, principal: 'id-aks-helloworld' },
    waitsFor: unknown,
    waits: true,
    again: 0,
  },
  {
    title: 'the kubelet identity is known late, to all of its roles',
    task: 'AksRoleGrants',
    inputs: { ...cluster, preset: 'podIdentityClassic' },
    delay: principal,
    waitsFor: unknown,
    waits: true,
    again: 0,
  },
  {
    title: 'a new identity is known late, for a vault with roles',
    task: 'KeyVaultGrant',
    inputs: onRoles,
    delay: principal,
    waitsFor: unknown,
    waits: true,
    again: 0,
  },
  {
    title: 'a new identity is known late, which a vault with policies does not ask',
    task: 'KeyVaultGrant',
    inputs: onPolicies,
    delay: principal,
    waits: false,
    again: 0,
  },
  {
    title: 'lists of role assignments are old',
    task: 'AksRoleGrants',
    inputs: oneGrant,
    delay: lists,
    waits: false,
    again: 1,
  },
  {
    title: 'lists of role assignments are old, and the task is to wait for them',
    task: 'AksRoleGrants',
    inputs: { ...oneGrant, wait: 'true' },
    delay: lists,
    waitsFor: /\.\.\. Azure to show the role assignments: 0 of 1/,
    waits: true,
    again: 0,
  },
  {
    title: 'lists of role assignments on a vault are old',
    task: 'KeyVaultGrant',
    inputs: onRoles,
    delay: lists,
    waits: false,
    again: 1,
  },
  {
    title: 'lists of role assignments on a vault are old, and the task is to wait for them',
    task: 'KeyVaultGrant',
    inputs: { ...onRoles, wait: 'true' },
    delay: lists,
    waitsFor: /\.\.\. Azure to show the role assignments: 0 of 1/,
    waits: true,
    again: 0,
  },
  {
    title: 'a vault shows old policies',
    task: 'KeyVaultGrant',
    inputs: onPolicies,
    delay: lists,
    waits: false,
    again: 1,
  },
  {
    title: 'a vault shows old policies, and the task is to wait for them',
    task: 'KeyVaultGrant',
    inputs: { ...onPolicies, wait: 'true' },
    delay: lists,
    waitsFor: /\.\.\. the key vault to show the access policy: not yet/,
    waits: true,
    again: 0,
  },
];

describe('a task in an Azure that is late', function () {
  this.timeout(60_000);
  let world: LateWorld;
  afterEach(() => world.stop());

  for (const { title, task, inputs, delay, waitsFor, waits, again } of rows) {
    it(`converges where ${title}`, async () => {
      world = await startLateWorld({ delays: [delay] });
      const first = await world.task(task, inputs);
      assertSucceeded(first);
      assert.equal(world.seconds() >= delay.seconds, waits, `${String(world.seconds())} s`);
      assert.equal(
        first.log.some((line) => waitsFor?.test(line) === true),
        waitsFor !== undefined,
        first.log.join('\n'),
      );
      const state = stateOf(world);

      const second = await world.task(task, inputs);
      assertSucceeded(second);
      assert.equal(second.outputs['changeCount'], String(again));
      assert.deepEqual(stateOf(world), state);
      assertNothingDouble(world);

      world.clock.pass(delay.seconds * 1000);
      world.sandbox.requests.clear();
      assertSucceeded(await world.task(task, inputs));
      assert.deepEqual(world.writes(), []);
    });
  }

  it('counts as done what somebody else made a moment ago and no list shows yet', async () => {
    world = await startLateWorld({ delays: [{ of: 'read', resource: 'roleAssignments', seconds: 600 }] });
    const name = 'aaaaaaaa-1111-4222-8333-444444444444';
    await grantByAzureClient(world, name);
    const before = world.grants();
    const run = await world.task('AksRoleGrants', oneGrant);
    assertSucceeded(run);
    assert.deepEqual(world.grants(), before);
    const { roleAssignments } = world.sandbox.azure.snapshot();
    assert.ok(roleAssignments.some((each) => each.name === name && !each.description));
    assert.ok(world.sandbox.requests.all().some(({ method, status }) => method === 'PUT' && status === 409));
    assert.ok(world.seconds() < 1, 'it does not wait for a list');
  });

  it('waits a little for a principal that the user names, and says which input it is', async () => {
    const { objectId } = worldOfConnections().tenants[0]!.applications.find(({ name }) => name === 'billing-web')!;
    const late = { of: 'principal', principal: objectId, seconds: 60, principalTypeHelps: false } as const;
    world = await startLateWorld({ scenario: withServicePrincipal(), delays: [late] });
    const inputs = { ...oneGrant, preset: 'podIdentity', grants: '' };
    assertSucceeded(await world.task('AksRoleGrants', { ...inputs, principalObjectId: objectId }));
    assert.ok(world.seconds() >= 60);

    const before = world.seconds();
    const wrong = 'dddddddd-1111-4222-8333-444444444444';
    const { failure } = await world.task('AksRoleGrants', { ...inputs, principalObjectId: wrong });
    assert.equal(failure?.code, 'GRA003');
    assert.match(failure.fix, /^Compare principalObjectId with what "az ad sp show /);
    const waited = world.seconds() - before;
    assert.ok(waited > 60 && waited <= 120, `${String(waited)} s`);
    assertNothingDouble(world);
  });

  it('removes once what an old list still shows', async () => {
    world = await startLateWorld({ delays: [lists] });
    const before = world.grants();
    assertSucceeded(await world.task('AksRoleGrants', { ...oneGrant, wait: 'true' }));
    for (let run = 0; run < 2; run += 1) {
      assertSucceeded(await world.task('AksRoleGrants', { ...oneGrant, action: 'remove' }));
      assert.deepEqual(world.grants(), before);
    }
  });

  it('says that a role of the connection is missing while it is late, and goes on in the next run', async () => {
    const delay = { of: 'roleAssignment', principal: 'agent-two', seconds: 120 } as const;
    world = await startLateWorld({ scenario: withSecondAgent(), delays: [delay] });
    const role = { ...oneGrant, identity: `${infra}/agent-two`, grants: 'Keyless Pods deployer @ {subscription}' };
    assertSucceeded(await world.task('AksRoleGrants', role));
    const before = world.grants();
    const late = { ...oneGrant, azureSubscription: 'two' };
    const refused = await world.task('AksRoleGrants', late);
    assert.equal(refused.failure?.code, 'AZR001');
    assert.match(refused.failure.message, /lacks Microsoft\.ContainerService\/managedClusters\/read at /);
    assert.match(refused.failure.fix, /granted .* ago/);
    assert.deepEqual(world.grants(), before);
    world.clock.pass(120_000);
    const next = await world.task('AksRoleGrants', late);
    assertSucceeded(next);
    assert.equal(next.outputs['changeCount'], '1');
    assert.equal((await world.task('AksRoleGrants', late)).outputs['changeCount'], '0');
    assertNothingDouble(world);
  });

  it('does not take a role that is late for a condition that forbids the grant', async () => {
    const delay = { of: 'roleAssignment', role: 'Role Based Access Control Administrator', seconds: 120 } as const;
    world = await startLateWorld({ scenario: withSecondAgent('Reader'), delays: [delay] });
    const role = { ...oneGrant, identity: `${infra}/agent-two` };
    const late = { ...oneGrant, azureSubscription: 'two' };
    const grants = 'Role Based Access Control Administrator @ {subscription}';
    assertSucceeded(await world.task('AksRoleGrants', { ...role, grants }));
    const refused = await world.task('AksRoleGrants', late);
    assert.equal(refused.failure?.code, 'AZR001', refused.log.join('\n'));
    assert.match(refused.failure.message, /lacks Microsoft\.Authorization\/roleAssignments\/write at /);
    world.clock.pass(120_000);
    assertSucceeded(await world.task('AksRoleGrants', late));
    assertNothingDouble(world);
  });

  it('proves the control plane with `wait`, where the vault itself learns of the role later', async () => {
    world = await startLateWorld({ delays: [{ of: 'vault', vault: 'kvpwe002', seconds: 300 }] });
    assertSucceeded(await world.task('KeyVaultGrant', { ...onRoles, wait: 'true' }));
    assert.ok(world.seconds() < 300);
    assert.equal(await readSecret(world), 403);
    world.clock.pass(300_000);
    assert.equal(await readSecret(world), 200);
    world.sandbox.requests.clear();
    assertSucceeded(await world.task('KeyVaultGrant', { ...onRoles, wait: 'true' }));
    assert.deepEqual(world.writes(), []);
  });
});
