import assert from 'node:assert/strict';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { dedicated, inputs, nodeGroup, text, withAssignments } from './support.ts';

describe('grants of AksRoleGrants@1', function () {
  this.timeout(60_000);
  let world: World;
  const start = async (options: Parameters<typeof startWorld>[0] = {}): Promise<void> => {
    world = await startWorld(options);
  };
  afterEach(async () => {
    await world.stop();
  });

  it('names the nearest roles for every unknown one, with one request for all of them', async () => {
    await start();
    const grants =
      'Key Vault Secret Reader @ {cluster}\nKeyles Pods deployer @ {cluster}\nLogic App Oprator @ {cluster}';
    const run = await world.run('AksRoleGrants', { ...dedicated, grants });
    assert.equal(run.result, 'Failed');
    assert.match(text(run), /\[GRA001\] The role "Key Vault Secret Reader" does not exist.* Nearest: .*Key Vault/);
    assert.match(text(run), /"Keyles Pods deployer" does not exist.* Nearest: Keyless Pods deployer/);
    const asked = world.sandbox.requests.all().filter(({ path }) => path.includes('/roleDefinitions'));
    assert.equal(asked.length, 1);
    assert.deepEqual(world.writes(), []);
  });

  it('warns once of the classic preset and says which grants are enough', async () => {
    await start();
    const run = await world.run('AksRoleGrants', { ...dedicated, preset: 'podIdentityClassic', action: 'preview' });
    const warnings = run.issues.filter(({ message }) => message.includes('[GRA007]'));
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0]!.message,
      /Managed Identity Operator at cluster resource group _rg-aks-p-we-001: .*id-aks-helloworld, is enough/,
    );
    assert.match(warnings[0]!.message, /Virtual Machine Contributor at cluster resource group .*MC__rg-aks-p-we-001/);
  });

  it('grants with a condition and a description, changes both, and then has nothing to do', async () => {
    await start();
    const grants = (condition: string, description: string): string =>
      `Reader @ {cluster}\n  condition: ${condition}\n  description: ${description}`;
    const wanted = { ...dedicated, preset: 'none' };
    const first = "@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'a'";
    await world.run('AksRoleGrants', { ...wanted, grants: grants(first, 'one') });
    const find = ():
      { condition?: string; conditionVersion?: string; description?: string; name: string } | undefined =>
      world.sandbox.azure.snapshot().roleAssignments.find(({ description }) => description?.includes('Keyless'));
    const made = find();
    assert.ok(made);
    assert.match(made.description ?? '', /^Made by Keyless Pods: AksRoleGrants for cluster aks-p-we-001 \(.*\) - one$/);

    const changed = await world.run('AksRoleGrants', {
      ...wanted,
      grants: grants("@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'b'", 'two'),
    });
    assert.equal(changed.outputVariables['changeCount'], '1', text(changed));
    assert.match(
      text(changed),
      /condition: @Resource\[.*:name\] StringEquals 'a' -> @Resource\[.*:name\] StringEquals 'b'/,
    );
    assert.equal(find()?.name, made.name, 'changed in place');
    assert.match(find()?.description ?? '', / - two$/);

    const again = await world.run('AksRoleGrants', {
      ...wanted,
      grants: grants("@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'b'", 'two'),
    });
    assert.equal(again.outputVariables['changeCount'], '0', text(again));
    const removed = await world.run('AksRoleGrants', { ...wanted, grants: 'Reader @ {cluster}', action: 'remove' });
    assert.equal(removed.outputVariables['changeCount'], '1', text(removed));
    assert.equal(find(), undefined);
  });

  it('previews what exists, what is inherited and what is orphaned', async () => {
    const gone = '0f0e0d0c-0b0a-4908-8706-050403020100';
    await start({
      scenario: withAssignments(
        {
          name: 'aaaaaaaa-1111-4222-8333-444444444444',
          role: 'Managed Identity Operator',
          principal: gone,
          scope:
            '{subscription}/resourceGroups/_rg-infra-p-we-001/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-aks-helloworld',
          description: 'Made by Keyless Pods: AksRoleGrants for cluster aks-p-we-001',
        },
        {
          name: 'bbbbbbbb-1111-4222-8333-444444444444',
          role: 'Reader',
          principal: 'id-aks-helloworld',
          scope: '{subscription}',
        },
        {
          name: 'cccccccc-1111-4222-8333-444444444444',
          role: 'Reader',
          principal: 'aks-p-we-002-AgentPool',
          scope:
            '{subscription}/resourceGroups/_rg-aks-p-we-001/providers/Microsoft.ContainerService/managedClusters/aks-p-we-001',
          description: 'Made by Keyless Pods: AksRoleGrants for cluster aks-p-we-001',
        },
      ),
    });
    const run = await world.run('AksRoleGrants', { ...dedicated, grants: 'Reader @ {cluster}', action: 'preview' });
    assert.equal(run.result, 'Succeeded', text(run));
    assert.match(text(run), /= .*Virtual Machine Contributor .* \(exists\)/);
    assert.match(
      text(run),
      /= .*Reader for id-aks-helloworld at aks-p-we-001 {2}\(inherited from \/subscriptions\/[^/]+\)/,
    );
    assert.match(
      text(run),
      /\+ .*Managed Identity Operator for aks-p-we-001-AgentPool at identity id-aks-helloworld\n/,
    );
    assert.match(
      text(run),
      /= .*Managed Identity Operator for object id 0f0e0d0c-.*\(orphaned: its principal was deleted; .*aaaaaaaa-1111/,
    );
    assert.match(text(run), /= .*Reader for object id .*\(orphaned: its principal is not id-aks-helloworld/);
    assert.equal(run.outputVariables['changeCount'], '1');
    assert.deepEqual(world.writes(), []);
  });

  it('shows one plan of what exists, is inherited, orphaned, to create and blocked, and fails after it', async () => {
    const scenario = withAssignments(
      {
        name: 'aaaaaaaa-1111-4222-8333-444444444444',
        role: 'Network Contributor',
        principal: '0f0e0d0c-0b0a-4908-8706-050403020100',
        scope: '{subscription}/resourceGroups/_rg-aks-p-we-001',
        description: 'Made by Keyless Pods: AksRoleGrants for cluster aks-p-we-001',
      },
      {
        name: 'bbbbbbbb-1111-4222-8333-444444444444',
        role: 'AcrPull',
        principal: 'aks-p-we-001-AgentPool',
        scope: '{subscription}',
      },
    );
    const group = scenario.subscriptions[0]!.resourceGroups.find(({ clusters }) => clusters.length > 0)!;
    Object.assign(group.clusters[0]!, { nodeRestriction: 'ReadOnly' });
    await start({ scenario });
    const lines = [
      'Reader @ {nodeResourceGroup}',
      'Virtual Machine Contributor @ {nodeResourceGroup}',
      'AcrPull @ {nodeResourceGroup}',
      'Network Contributor @ {clusterResourceGroup}',
    ];
    const wanted = { ...inputs, preset: 'none', grants: lines.join('\n') };
    const run = await world.run('AksRoleGrants', { ...wanted, action: 'preview' });
    assert.equal(run.result, 'Failed');
    const plan = text(run);
    const who = 'for aks-p-we-001-AgentPool at';
    assert.match(
      plan,
      new RegExp(`! role assignment {2}Reader ${who} ${nodeGroup}\\n +blocked \\[AKS003\\]: The node`),
    );
    assert.match(
      plan,
      new RegExp(`= role assignment {2}Virtual Machine Contributor ${who} ${nodeGroup} {2}\\(exists\\)`),
    );
    assert.match(
      plan,
      new RegExp(`= role assignment {2}AcrPull ${who} ${nodeGroup} {2}\\(inherited from /subscriptions/`),
    );
    assert.match(plan, new RegExp(`\\+ role assignment {2}Network Contributor ${who} _rg-aks-p-we-001\\n`));
    assert.match(
      plan,
      /= role assignment {2}Network Contributor for object id .*\(orphaned: its principal was deleted/,
    );
    assert.deepEqual(world.writes(), []);

    const preset = await world.run('AksRoleGrants', { ...inputs, action: 'preview' });
    assert.match(text(preset), /AAD Pod Identity in standard mode cannot work on this cluster/);
    assert.match(text(preset), /What works with the lock: Microsoft Entra Workload ID.*\(preset: none\)/);
  });

  it('is blocked by an equal assignment of others with another condition', async () => {
    await start({
      scenario: withAssignments({
        name: 'bbbbbbbb-1111-4222-8333-444444444444',
        role: 'Reader',
        principal: 'id-aks-helloworld',
        scope: '{subscription}/resourceGroups/_rg-aks-p-we-001',
      }),
    });
    const grants =
      "Reader @ {clusterResourceGroup}\ncondition: @Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'a'";
    const run = await world.run('AksRoleGrants', { ...dedicated, preset: 'none', grants });
    assert.match(text(run), /\[GRA008\]/);
    assert.deepEqual(world.writes(), []);
  });
});
