import assert from 'node:assert/strict';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { dedicated, inputs, text, withCluster } from '../grants/support.ts';

describe('AksRoleGrants@1 on a cluster with a service principal', function () {
  this.timeout(60_000);
  let world: World;
  beforeEach(async () => {
    world = await startWorld({ scenario: withCluster({ identityType: 'None' }) });
  });
  afterEach(async () => {
    await world.stop();
  });

  it('says how to find its object id', async () => {
    const run = await world.run('AksRoleGrants', dedicated);
    assert.match(text(run), /\[AKS002\]/);
    assert.match(text(run), /set principalObjectId to what "az ad sp show --id [0-9a-f-]{36} --query id" prints/);
  });

  it('grants the preset to the object id that is given', async () => {
    // Any service principal of the tenant can be a cluster's; the scenario names none of its own.
    const { objectId } = world.sandbox.scenario.tenants[0]!.applications.find(({ name }) => name === 'billing-web')!;
    const run = await world.run('AksRoleGrants', { ...dedicated, principalObjectId: objectId });
    assert.equal(run.result, 'Succeeded', text(run));
    const made = world.sandbox.azure.snapshot().roleAssignments.filter(({ principalId }) => principalId === objectId);
    assert.deepEqual(made.map(({ role }) => role).sort(), ['Managed Identity Operator', 'Virtual Machine Contributor']);
  });

  it('refuses pods with the kubelet identity, which there is none of', async () => {
    const principalObjectId = '22222222-3333-4444-8555-666666666666';
    const run = await world.run('AksRoleGrants', { ...inputs, principalObjectId });
    assert.match(text(run), /\[AKS002\].*no kubelet identity that pods could use/);
    assert.deepEqual(world.writes(), []);
  });

  it('refuses its client id, and asks Microsoft Graph nothing', async () => {
    const asked = await world.run('AksRoleGrants', dedicated);
    const clientId = /az ad sp show --id ([0-9a-f-]{36})/.exec(text(asked))![1]!;
    const run = await world.run('AksRoleGrants', { ...dedicated, principalObjectId: clientId.toUpperCase() });
    assert.match(text(run), /\[AKS006\] principalObjectId is .*, the client id of the service principal/);
    assert.match(text(run), new RegExp(`Set principalObjectId to what "az ad sp show --id ${clientId}`));
    assert.deepEqual(world.writes(), []);
    const hosts = new Set(world.sandbox.requests.all().map(({ host }) => host));
    assert.equal(
      [...hosts].some((host) => host.includes('graph')),
      false,
      [...hosts].join(', '),
    );
  });
});
