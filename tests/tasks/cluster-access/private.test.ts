/** Clusters whose API server the agent does not reach: Azure's run command carries everything. */
import assert from 'node:assert/strict';
import type { ClusterSpec, RoleAssignmentSpec, Scenario } from '../../../sandbox/scenario/types.ts';
import { articleSteps } from '../../support/article-steps.ts';
import { cluster, oneCluster } from '../../support/one-cluster.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { runHurried, text } from './support.ts';

const clusterSteps = ['PodIdentityInstall', 'PodIdentityBind', 'PodSecretCheck'];

function assignmentOf(role: string, subscriptionId: string): RoleAssignmentSpec {
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${cluster.resourceGroup}`;
  const scope = `${group}/providers/Microsoft.ContainerService/managedClusters/${cluster.clusterName}`;
  return { name: '6b1f0d52-3f0e-4a7b-9d6e-5c2a7f3b8e11', role, principal: 'azure-pipelines', scope };
}

const contributor = 'Azure Kubernetes Service Contributor Role';

function scenarioWith(change: Partial<ClusterSpec>, role: string = contributor): Scenario {
  const scenario = oneCluster();
  return {
    ...scenario,
    subscriptions: scenario.subscriptions.map((subscription) => ({
      ...subscription,
      roleAssignments: [...subscription.roleAssignments, assignmentOf(role, subscription.id)],
      resourceGroups: subscription.resourceGroups.map((group) => ({
        ...group,
        clusters: group.clusters.map((each) => ({ ...each, ...change })),
      })),
    })),
  };
}

/** Objects, programs and their logs: three phases, each of which may find something that does not fit into one answer. */
const mostOfDoctor = 9;

describe('a private cluster', function () {
  this.timeout(300_000);
  let world: World;
  afterEach(() => world.stop());

  const commands = (): number =>
    world.sandbox.requests.all().filter(({ method, path }) => method === 'POST' && path.includes('/runCommand?'))
      .length;

  it('takes the whole pipeline by the run command, and has nothing to change in a second one', async () => {
    world = await startWorld({ scenario: scenarioWith({ privateCluster: true }) });
    for (const step of articleSteps) {
      const { task, inputs } = step;
      await step.prepare?.(world);
      const before = commands();
      const run = await runHurried(world, task, inputs);
      assert.equal(run.failure, undefined, text(run));
      const through = clusterSteps.includes(task);
      assert.equal(commands() > before, through, task);
      const said = text(run).split('cannot be reached from here: the run command of Azure takes its place').length - 1;
      assert.equal(said, through ? 1 : 0, text(run));
    }
    for (const { task, inputs } of articleSteps.filter(({ task: name }) => name.startsWith('PodIdentity'))) {
      const before = world.writes().length;
      const run = await runHurried(world, task, inputs);
      assert.equal(run.outputs['changeCount'], '0', text(run));
      assert.equal(world.writes().length, before);
    }
    const before = commands();
    const run = await runHurried(world, 'IdentityDoctor', { ...cluster, keyVault: 'kvpwe001' });
    assert.deepEqual([run.failure, run.outputs['problemCount']], [undefined, '0'], text(run));
    assert.ok(commands() - before <= mostOfDoctor, `${String(commands() - before)} run commands`);
    assert.match(text(run), /ok +MIC has assigned the identity to the pods: 1 of 1 pod\n/);
    assert.match(text(run), /ok +NMI's last answers to the pods were tokens/);
  });

  it('is refused where the run command is disabled, with what to do', async () => {
    world = await startWorld({ scenario: scenarioWith({ privateCluster: true, disableRunCommand: true }) });
    const run = await runHurried(world, 'PodIdentityInstall', cluster);
    assert.match(text(run), /\[KUB019\] The cluster aks-p-we-001 does not allow the run command/);
    assert.match(text(run), /its API server cannot be reached from here/);
    assert.match(text(run), /clusterAccess: direct; or enable the run command: az aks update --enable-run-command/);
    assert.equal(commands(), 0);
    assert.deepEqual(world.writes(), []);
  });

  it('names the permission that is missing, and the role that has it', async () => {
    world = await startWorld({ scenario: scenarioWith({ privateCluster: true }, 'Reader') });
    const run = await runHurried(world, 'PodIdentityInstall', cluster);
    assert.match(
      text(run),
      /\[AZR001\] .* lacks Microsoft.ContainerService\/managedClusters\/runcommand\/action at .*\/aks-p-we-001\./,
    );
    assert.match(text(run), /Azure Kubernetes Service Contributor Role/);
    assert.deepEqual(world.writes(), []);
  });

  it('is not gone to by the run command where only the direct way is wanted', async () => {
    world = await startWorld({ scenario: scenarioWith({ privateCluster: true }) });
    const run = await runHurried(world, 'PodIdentityInstall', { ...cluster, clusterAccess: 'direct' });
    assert.match(text(run), /\[KUB001\] .* cannot be reached/);
    assert.match(text(run), /The cluster is private/);
    assert.equal(commands(), 0);
  });
});

describe('the run command', function () {
  this.timeout(300_000);
  let world: World;
  afterEach(() => world.stop());

  // As packaged, with the pauses of users: the other cases are run in this process.
  it('is taken without credentials of the cluster where it is asked for', async () => {
    world = await startWorld({ scenario: scenarioWith({}) });
    const run = await world.run('PodIdentityInstall', { ...cluster, clusterAccess: 'runCommand', action: 'preview' });
    assert.equal(run.result, 'Succeeded', run.log.join('\n'));
    assert.equal(run.outputVariables['changeCount'], '14');
    const paths = world.sandbox.requests.all().map(({ path }) => path);
    assert.ok(paths.every((path) => !path.includes('listCluster')));
  });

  it('acts as the identity of the connection in a cluster that signs in with Microsoft Entra', async () => {
    world = await startWorld({ scenario: scenarioWith({ privateCluster: true, entra: 'azureRbac' }) });
    const run = await runHurried(world, 'PodIdentityInstall', cluster);
    assert.match(text(run), /\[KUB004\] .* lacks a role in Azure that allows \w+ on /);
    assert.match(text(run), /Assign the role "Azure Kubernetes Service RBAC Cluster Admin" at the cluster/);
    assert.deepEqual(world.writes(), []);
  });
});
