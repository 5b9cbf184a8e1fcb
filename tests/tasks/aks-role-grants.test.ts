import assert from 'node:assert/strict';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import type { Intercept } from '../../sandbox/kit/http-server.ts';
import { loadScenario } from '../../sandbox/scenario/load.ts';
import type { ClusterSpec, Scenario } from '../../sandbox/scenario/types.ts';
import { armGuid } from '../../src/runtime/guid.ts';
import type { World } from '../support/world.ts';
import { principalName, startWorld } from '../support/world.ts';

const nodeGroup = 'MC__rg-aks-p-we-001_aks-p-we-001_westeurope';
const inputs = { azureSubscription: 'azure-conn', resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001' };

/** The article's world with its first cluster changed. */
function withCluster(change: Partial<ClusterSpec>): Scenario {
  const scenario = structuredClone(loadScenario('article'));
  const group = scenario.subscriptions[0]!.resourceGroups.find(({ clusters }) => clusters.length > 0)!;
  Object.assign(group.clusters[0]!, change);
  return scenario;
}

function text({ log }: TaskRun): string {
  return log.join('\n');
}

/** Every assignment as `role for principal @ last part of the scope`. */
function assignments({ sandbox }: World): string[] {
  return sandbox.azure
    .snapshot()
    .roleAssignments.map(({ role, scope, principalId }) => {
      return `${role} for ${principalName(sandbox, principalId)} @ ${scope.split('/').at(-1) ?? ''}`;
    })
    .sort();
}

describe('AksRoleGrants@1', function () {
  this.timeout(60_000);
  let world: World;
  const start = async (options: Parameters<typeof startWorld>[0] = {}): Promise<World> => {
    world = await startWorld(options);
    return world;
  };
  afterEach(async () => {
    await world.stop();
  });

  it('grants the preset, says what it did, and does nothing the second time', async () => {
    await start();
    const before = assignments(world);
    const first = await world.run('AksRoleGrants', inputs);
    assert.equal(first.result, 'Succeeded', text(first));
    // The article's world holds an equal Virtual Machine Contributor under a random name already.
    assert.equal(first.outputVariables['changeCount'], '1');
    const added = assignments(world).filter((each) => !before.includes(each));
    assert.deepEqual(added.length, 1);
    assert.match(added[0]!, /^Managed Identity Operator for aks-p-we-001-AgentPool @ aks-p-we-001-AgentPool$/);
    assert.match(text(first), /= role assignment {2}Virtual Machine Contributor .* \(exists\)/);
    assert.match(text(first), /\+ role assignment {2}Managed Identity Operator/);

    world.sandbox.requests.clear();
    const second = await world.run('AksRoleGrants', inputs);
    assert.equal(second.outputVariables['changeCount'], '0');
    assert.deepEqual(world.writes(), []);
    assert.match(text(second), /Done: 0 changes, 2 unchanged/);
  });

  it('names an assignment as a Bicep template would and says whose it is, without a request to Microsoft Graph', async () => {
    await start();
    const run = await world.run('AksRoleGrants', inputs);
    const { objectId, identityResourceId } = run.outputVariables;
    const made = world.sandbox.azure
      .snapshot()
      .roleAssignments.find(({ description }) => description?.startsWith('Made by Keyless Pods'))!;
    const roleId = `/subscriptions/${world.sandbox.connection.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/f1a07417-d97a-45cb-824c-7a7467783830`;
    // Bicep: guid(identity.id, identity.properties.principalId, roleDefinitionId)
    assert.equal(made.name, armGuid(identityResourceId!, objectId!, roleId));
    assert.deepEqual([made.principalId, made.principalType], [objectId, 'ServicePrincipal']);
    const subscription = world.sandbox.connection.subscriptionId.slice(0, 8);
    assert.equal(
      made.description,
      `Made by Keyless Pods: AksRoleGrants for cluster aks-p-we-001 (resource group _rg-aks-p-we-001, subscription ${subscription})`,
    );
    assert.deepEqual(
      world.sandbox.requests.all().filter(({ host }) => host.includes('graph')),
      [],
    );
  });

  it('hands out what it read of the identity', async () => {
    await start();
    const { outputVariables } = await world.run('AksRoleGrants', { ...inputs, action: 'preview' });
    const identity = world.sandbox.scenario.subscriptions[0]!.resourceGroups.flatMap(
      ({ identities }) => identities,
    ).find(({ name }) => name === 'aks-p-we-001-AgentPool')!;
    assert.equal(outputVariables['clientId'], identity.clientId);
    assert.equal(outputVariables['objectId'], identity.principalId);
    assert.equal(outputVariables['identityName'], identity.name);
    assert.equal(outputVariables['nodeResourceGroup'], nodeGroup);
    assert.match(outputVariables['identityResourceId']!, /userAssignedIdentities\/aks-p-we-001-AgentPool$/);
    assert.equal(outputVariables['changeCount'], '1');
    assert.deepEqual(world.writes(), []);
  });

  it("grants the article's five with the classic preset, and takes back only its own", async () => {
    await start();
    const before = assignments(world);
    const classic = { ...inputs, preset: 'podIdentityClassic' };
    const made = await world.run('AksRoleGrants', classic);
    assert.equal(made.outputVariables['changeCount'], '4', text(made));
    const removed = await world.run('AksRoleGrants', { ...classic, action: 'remove' });
    assert.equal(removed.result, 'Succeeded', text(removed));
    assert.equal(removed.outputVariables['changeCount'], '4');
    assert.deepEqual(assignments(world), before);
    assert.match(text(removed), /stays: not made by this task/);
  });

  it('grants free lines to a dedicated identity, by name and by custom role', async () => {
    await start();
    const grants = 'Reader @ {cluster}\n# a comment\nKeyless Pods deployer @ {nodeResourceGroup}';
    const run = await world.run('AksRoleGrants', {
      ...inputs,
      identity: '_rg-infra-p-we-001/id-aks-helloworld',
      grants,
    });
    assert.equal(run.result, 'Succeeded', text(run));
    const mine = assignments(world).filter((each) => each.includes('id-aks-helloworld'));
    assert.deepEqual(mine, [
      `Keyless Pods deployer for id-aks-helloworld @ ${nodeGroup}`,
      'Managed Identity Operator for aks-p-we-001-AgentPool @ id-aks-helloworld',
      'Reader for id-aks-helloworld @ aks-p-we-001',
    ]);
    assert.equal(run.issues.length, 0, 'a dedicated identity needs no warning');
  });

  it('warns once about the kubelet identity', async () => {
    await start();
    const { issues } = await world.run('AksRoleGrants', inputs);
    assert.deepEqual(
      issues.map(({ type, message }) => [type, message.slice(0, 8)]),
      [['warning', '[GRA006]']],
    );
  });

  const refused: readonly [string, Partial<ClusterSpec>, string, RegExp][] = [
    [
      'a cluster without Kubernetes RBAC',
      { enableRbac: false },
      'AKS001',
      /aks-p-we-001 was created without Kubernetes RBAC/,
    ],
    ['a cluster with a service principal', { identityType: 'None' }, 'AKS002', /--enable-managed-identity/],
    ['a locked node resource group', { nodeRestriction: 'ReadOnly' }, 'AKS003', /Workload ID/],
  ];
  for (const [title, change, code, fix] of refused) {
    it(`refuses ${title} before any write`, async () => {
      await start({ scenario: withCluster(change) });
      const run = await world.run('AksRoleGrants', inputs);
      assert.equal(run.result, 'Failed');
      assert.match(text(run), new RegExp(`\\[${code}\\]`));
      assert.match(text(run), fix);
      assert.deepEqual(world.writes(), []);
    });
  }

  it('reports all problems of the inputs before the first request', async () => {
    await start();
    const run = await world.run('AksRoleGrants', {
      azureSubscription: 'azure-conn',
      resourceGroup: 'a/b',
      clusterName: '$(cluster)',
      preset: 'everything',
      grants: 'Reader',
    });
    assert.equal(run.result, 'Failed');
    assert.match(text(run), /4 problems with the inputs/);
    for (const input of ['resourceGroup', 'clusterName', 'preset', 'grants'])
      assert.match(text(run), new RegExp(`- ${input} `));
    assert.deepEqual(world.sandbox.requests.all(), []);
  });

  it('tells a wrong name from missing rights', async () => {
    await start();
    const run = await world.run('AksRoleGrants', { ...inputs, clusterName: 'aks-p-we-999' });
    assert.match(text(run), /\[AZR002\] Cannot read the cluster aks-p-we-999 in resource group _rg-aks-p-we-001/);
  });

  it('works with workload identity federation', async () => {
    await start();
    const run = await world.run('AksRoleGrants', { ...inputs, azureSubscription: 'azure-conn-federated' });
    assert.equal(run.result, 'Succeeded', text(run));
  });

  it('works with workload identity federation in a classic release, where the agent gives no request address', async () => {
    await start();
    const run = await world.run(
      'AksRoleGrants',
      { ...inputs, azureSubscription: 'azure-conn-federated' },
      { host: 'release' },
    );
    assert.equal(run.result, 'Succeeded', text(run));
    const asked = world.sandbox.requests
      .all()
      .filter(({ server, userAgent }) => server === 'azureDevOps' && userAgent === 'keyless-pods');
    assert.deepEqual(
      asked.map(
        ({ method, path }) =>
          `${method} ${path
            .replace(/\?.*/, '')
            .replace(/.*hubs/, 'hubs')
            .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*')}`,
      ),
      ['OPTIONS /contoso/_apis/distributedtask', 'POST hubs/release/plans/*/jobs/*/oidctoken'],
    );
  });

  it('waits until a new identity is known everywhere', async () => {
    let refusals = 2;
    const intercept: Intercept = ({ phase, method, path }) => {
      if (phase !== 'before' || method !== 'PUT' || !path.includes('/roleAssignments/') || refusals === 0)
        return undefined;
      refusals -= 1;
      const message = 'Principal abc does not exist in the directory def.';
      return { status: 400, body: { error: { code: 'PrincipalNotFound', message } } };
    };
    await start({ intercept });
    const run = await world.run('AksRoleGrants', inputs);
    assert.equal(run.result, 'Succeeded', text(run));
    assert.equal(refusals, 0);
  });

  it('attaches a report of the run', async () => {
    await start();
    const { attachments } = await world.run('AksRoleGrants', inputs);
    assert.equal(attachments.length, 1);
    assert.equal(attachments[0]!.type, 'keyless-pods.run-report');
    const report = JSON.parse(attachments[0]!.content.toString()) as {
      version: number;
      result: string;
      plan: { changes: unknown[] };
    };
    assert.deepEqual([report.version, report.result, report.plan.changes.length], [1, 'succeeded', 2]);
  });
});
