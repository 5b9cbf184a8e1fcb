/** Clusters that sign in with Microsoft Entra: the identity of the service connection does, without kubelogin. */
import assert from 'node:assert/strict';
import type { TaskRun } from '../../../sandbox/agent/index.ts';
import { loadScenario } from '../../../sandbox/scenario/load.ts';
import type { ClusterSpec, RoleAssignmentSpec, Scenario } from '../../../sandbox/scenario/types.ts';
import { deployDemo } from '../../support/demo.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

const inputs = { azureSubscription: 'azure-conn', resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001' };
const deployer = '3d0f6c0e-6a53-4a55-9c5a-2f7a3f5f2a10';

const admin = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'pipeline' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: deployer }],
};

interface Change {
  readonly cluster: Partial<ClusterSpec>;
  /** Kubernetes objects that are there besides. */
  readonly objects?: readonly Record<string, unknown>[];
  /** A role of the pipeline's identity at the cluster. */
  readonly role?: string;
}

function assignmentOf(role: string, subscriptionId: string): RoleAssignmentSpec {
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${inputs.resourceGroup}`;
  const scope = `${group}/providers/Microsoft.ContainerService/managedClusters/${inputs.clusterName}`;
  return { name: '6b1f0d52-3f0e-4a7b-9d6e-5c2a7f3b8e10', role, principal: 'azure-pipelines', scope };
}

function scenarioWith({ cluster, objects = [], role }: Change): Scenario {
  const scenario = loadScenario('article');
  return {
    ...scenario,
    tenants: scenario.tenants.map((tenant) => ({
      ...tenant,
      applications: tenant.applications.map((each) =>
        each.name === 'azure-pipelines' ? { ...each, objectId: deployer } : each,
      ),
    })),
    subscriptions: scenario.subscriptions.map((subscription) => ({
      ...subscription,
      roleAssignments: [
        ...subscription.roleAssignments,
        ...(role === undefined ? [] : [assignmentOf(role, subscription.id)]),
      ],
      resourceGroups: subscription.resourceGroups.map((group) => ({
        ...group,
        clusters: group.clusters.map((each) =>
          each.name === inputs.clusterName ? { ...each, ...cluster, objects: [...each.objects, ...objects] } : each,
        ),
      })),
    })),
  };
}

function text({ log }: TaskRun): string {
  return log.join('\n');
}

describe('a cluster that signs in with Microsoft Entra', function () {
  this.timeout(120_000);
  let world: World;
  afterEach(() => world.stop());

  for (const azureSubscription of ['azure-conn', 'azure-conn-federated', 'azure-conn-certificate'])
    it(`and has no local accounts is opened by ${azureSubscription}, whose identity its RBAC knows`, async () => {
      const scenario = scenarioWith({ cluster: { disableLocalAccounts: true }, objects: [admin] });
      world = await startWorld({ scenario });
      const run = await world.run('PodIdentityInstall', { ...inputs, azureSubscription, action: 'preview' });
      assert.equal(run.result, 'Succeeded', text(run));
      assert.equal(run.outputVariables['changeCount'], '14');
      const paths = world.sandbox.requests.all().map(({ path }) => path);
      assert.ok(paths.every((path) => !path.includes('listClusterAdminCredential')));
    });

  it('and knows nobody refuses by its own RBAC, naming the verb', async () => {
    world = await startWorld({ scenario: scenarioWith({ cluster: { entra: 'kubernetesRbac' } }) });
    const run = await world.run('PodIdentityInstall', inputs);
    assert.match(text(run), /\[KUB004\] .* lacks the verb \w+ on /);
    assert.match(text(run), /Add to the ClusterRole of the connection/);
    assert.deepEqual(world.writes(), []);
  });

  it('and asks Azure RBAC refuses with the role that is missing in Azure', async () => {
    world = await startWorld({ scenario: scenarioWith({ cluster: { entra: 'azureRbac' } }) });
    const run = await world.run('PodIdentityInstall', inputs);
    assert.match(text(run), new RegExp(`\\[KUB004\\] .*the identity ${deployer} lacks a role in Azure`));
    assert.match(text(run), /Assign the role "Azure Kubernetes Service RBAC Cluster Admin" at the cluster/);
    assert.deepEqual(world.writes(), []);
  });

  it('and asks Azure RBAC carries the whole pipeline, commands in pods included', async () => {
    const role = 'Azure Kubernetes Service RBAC Cluster Admin';
    world = await startWorld({
      scenario: scenarioWith({ cluster: { entra: 'azureRbac', disableLocalAccounts: true }, role }),
    });
    const workload = 'deployment/aks-helloworld';
    const steps: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      ['AksRoleGrants', {}],
      ['PodIdentityInstall', {}],
      ['KeyVaultGrant', { keyVault: 'kvpwe001' }],
      ['PodIdentityBind', { namespace: 'default', workloads: workload }],
      ['PodSecretCheck', { namespace: 'default', workload, keyVault: 'kvpwe001', secretName: 'password' }],
    ];
    for (const [task, own] of steps) {
      if (task === 'PodIdentityBind') await deployDemo(world);
      const run = await world.run(task, { ...inputs, ...own });
      assert.equal(run.result, 'Succeeded', text(run));
    }
  });
});
