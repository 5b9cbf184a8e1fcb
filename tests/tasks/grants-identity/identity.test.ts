/** Whom AksRoleGrants@1 grants to, and what the state of the cluster means for it. */
import assert from 'node:assert/strict';
import type { Scenario } from '../../../sandbox/scenario/types.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { article, dedicated, inputs, nodeGroup, text, withCluster } from '../grants/support.ts';

/** The article's world with an identity of this name in each of the groups. */
function withIdentity(name: string, ...groups: readonly string[]): Scenario {
  const scenario = article();
  for (const [index, group] of groups.entries()) {
    const found = scenario.subscriptions[0]!.resourceGroups.find((each) => each.name === group)!;
    const id = `aaaaaaaa-0000-4000-8000-00000000000${String(index)}`;
    const identity = { name, clientId: id, principalId: id.replace('aaaaaaaa', 'bbbbbbbb') };
    Object.assign(found, { identities: [...found.identities, identity] });
  }
  return scenario;
}

describe('the identity of AksRoleGrants@1', function () {
  this.timeout(60_000);
  let world: World;
  const start = async (scenario: Scenario = article()): Promise<void> => {
    world = await startWorld({ scenario });
  };
  afterEach(async () => {
    await world.stop();
  });

  const wanted = { ...inputs, preset: 'none', grants: 'Reader @ {cluster}' };

  for (const group of [inputs.resourceGroup, nodeGroup])
    it(`is found by its bare name in ${group}`, async () => {
      await start(withIdentity('id-orders', group));
      const run = await world.run('AksRoleGrants', { ...wanted, identity: 'ID-orders', action: 'preview' });
      assert.equal(run.result, 'Succeeded', text(run));
      assert.match(run.outputVariables['identityResourceId']!, new RegExp(`/resourceGroups/${group}/.*/id-orders$`));
    });

  it('is refused by a bare name that stands for two, which are listed', async () => {
    await start(withIdentity('id-orders', inputs.resourceGroup, nodeGroup));
    const run = await world.run('AksRoleGrants', { ...wanted, identity: 'id-orders' });
    assert.match(text(run), /\[GRA002\] The identity id-orders exists in more than one place/);
    for (const group of [inputs.resourceGroup, nodeGroup])
      assert.match(text(run), new RegExp(`/resourceGroups/${group}/providers/.*/id-orders`));
    assert.deepEqual(world.writes(), []);
  });

  it('is named where it was not looked for', async () => {
    await start();
    const run = await world.run('AksRoleGrants', { ...wanted, identity: 'id-aks-helloworld' });
    assert.match(
      text(run),
      /\[GRA002\] No user-assigned identity id-aks-helloworld was found in _rg-aks-p-we-001 and MC_.* In subscription .* there is _rg-infra-p-we-001\/id-aks-helloworld/,
    );
    const misspelt = await world.run('AksRoleGrants', { ...wanted, identity: '_rg-infra-p-we-001/id-aks-heloworld' });
    assert.match(text(misspelt), /there is _rg-infra-p-we-001\/id-aks-helloworld/);
  });

  it('may be the system-assigned identity of the control plane, by its object id', async () => {
    await start();
    const grants = 'Network Contributor @ {clusterResourceGroup}';
    const run = await world.run('AksRoleGrants', { ...wanted, grants, identity: 'controlPlane' });
    assert.equal(run.result, 'Succeeded', text(run));
    const { objectId, identityName, clientId, identityResourceId } = run.outputVariables;
    assert.deepEqual([identityName, clientId, identityResourceId], ['aks-p-we-001', '', '']);
    const made = world.sandbox.azure.snapshot().roleAssignments.filter(({ role }) => role === 'Network Contributor');
    assert.deepEqual(
      made.map(({ principalId }) => principalId),
      [objectId],
    );
    const again = await world.run('AksRoleGrants', { ...wanted, grants, identity: 'controlPlane' });
    assert.equal(again.outputVariables['changeCount'], '0');
  });

  it('may be the user-assigned identity of the control plane', async () => {
    await start();
    const run = await world.run('AksRoleGrants', { ...wanted, clusterName: 'aks-p-we-002', identity: 'controlPlane' });
    assert.equal(run.result, 'Succeeded', text(run));
    assert.match(run.outputVariables['identityResourceId']!, /\/userAssignedIdentities\//);
  });

  it('of the control plane is refused with a preset, which is for pods, and as a scope', async () => {
    await start();
    const preset = await world.run('AksRoleGrants', { ...inputs, identity: 'controlPlane' });
    assert.match(text(preset), /\[INP001\] Input preset is "podIdentity"; allowed .*controlPlane.*: none/);
    assert.deepEqual(world.sandbox.requests.all(), []);
    const scope = await world.run('AksRoleGrants', {
      ...wanted,
      identity: 'controlPlane',
      grants: 'Reader @ {identity}',
    });
    assert.match(text(scope), /\[INP001\] grants uses \{identity\}, but the control plane identity/);
    assert.deepEqual(world.writes(), []);
  });
});

describe('an identity in another subscription', function () {
  this.timeout(60_000);

  it('may be the kubelet identity: role, scope and lists are of its own subscription', async () => {
    const scenario = withCluster({ kubeletIdentity: 'rg-shared/id-kubelet' });
    const id = 'eeeeeeee-2222-4333-8444-555555555555';
    const identity = {
      name: 'id-kubelet',
      clientId: 'aaaaaaaa-0000-4000-8000-000000000000',
      principalId: 'bbbbbbbb-0000-4000-8000-000000000000',
    };
    const group = { name: 'rg-shared', location: 'westeurope', identities: [identity], clusters: [], vaults: [] };
    const owner = {
      name: 'ffffffff-1111-4222-8333-444444444444',
      role: 'User Access Administrator',
      principal: 'azure-pipelines',
      scope: `/subscriptions/${id}`,
    };
    const shared = {
      id,
      name: 'Shared',
      tenant: 'contoso',
      resourceGroups: [{ ...group, scaleSets: [] }],
      customRoles: [],
      roleAssignments: [owner],
    };
    Object.assign(scenario, { subscriptions: [...scenario.subscriptions, shared] });
    const world = await startWorld({ scenario });
    try {
      const run = await world.run('AksRoleGrants', inputs);
      assert.equal(run.result, 'Succeeded', text(run));
      const resourceId = `/subscriptions/${id}/resourceGroups/rg-shared/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-kubelet`;
      assert.equal(run.outputVariables['identityResourceId'], resourceId);
      const made = world.sandbox.azure
        .snapshot()
        .roleAssignments.filter(({ principalId }) => principalId === identity.principalId);
      assert.deepEqual(made.map(({ role, scope }) => [role, scope.split('/')[2]]).sort(), [
        ['Managed Identity Operator', id],
        ['Virtual Machine Contributor', world.sandbox.connection.subscriptionId],
      ]);
      const bodies = world.writes().map(({ path }) => path.replace(/^\/+/, '').split('/')[1]);
      assert.deepEqual(bodies.sort(), [id, world.sandbox.connection.subscriptionId].sort());
      const again = await world.run('AksRoleGrants', inputs);
      assert.equal(again.outputVariables['changeCount'], '0');
      const removed = await world.run('AksRoleGrants', { ...inputs, action: 'remove' });
      assert.equal(removed.outputVariables['changeCount'], '2');
    } finally {
      await world.stop();
    }
  });
});

describe('the cluster of AksRoleGrants@1', function () {
  this.timeout(60_000);
  let world: World;
  afterEach(async () => {
    await world.stop();
  });

  const states: readonly [string, object, RegExp][] = [
    ['stopped', { powerState: 'Stopped' }, /Cluster aks-p-we-001 is stopped\./],
    ['being upgraded', { provisioningState: 'Upgrading' }, /has the provisioning state Upgrading\./],
    ['failed', { provisioningState: 'Failed' }, /has the provisioning state Failed\./],
  ];
  for (const [title, change, note] of states)
    it(`takes grants when it is ${title}, and the log says so`, async () => {
      world = await startWorld({ scenario: withCluster(change) });
      const run = await world.run('AksRoleGrants', dedicated);
      assert.equal(run.result, 'Succeeded', text(run));
      assert.equal(run.outputVariables['changeCount'], '1');
      assert.match(text(run), note);
    });

  it('takes none while it is being deleted, but gives them back', async () => {
    world = await startWorld({ scenario: withCluster({ provisioningState: 'Deleting' }) });
    const run = await world.run('AksRoleGrants', dedicated);
    assert.match(text(run), /\[AKS004\] The cluster aks-p-we-001 is being deleted/);
    assert.deepEqual(world.writes(), []);
    const removed = await world.run('AksRoleGrants', { ...dedicated, action: 'remove' });
    assert.equal(removed.result, 'Succeeded', text(removed));
  });
});
