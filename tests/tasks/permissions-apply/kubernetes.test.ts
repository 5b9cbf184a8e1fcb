import assert from 'node:assert/strict';
import type { ObjectReference } from '../../support/cluster-state.ts';
import { ensureAbsent, ensureObjects } from '../../support/cluster-state.ts';
import { cluster } from '../../support/one-cluster.ts';
import type { Permission } from '../../support/permissions.ts';
import {
  assertNames,
  assertNamesOneOf,
  isOfRemoval,
  nameOf,
  permissions,
  worldOfClusterRoles,
} from '../../support/permissions.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

interface Case {
  readonly task: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Not there when the task begins, so that it has something to do. */
  readonly absent?: ObjectReference;
}

const rbac = 'rbac.authorization.k8s.io/v1';
const podIdentity = 'aadpodidentity.k8s.io/v1';
const namespace = 'default';

function reference(apiVersion: string, kind: string, name: string, within?: string): ObjectReference {
  return { apiVersion, kind, metadata: { name, ...(within === undefined ? {} : { namespace: within }) } };
}

const nmi = {
  role: reference(rbac, 'ClusterRole', 'aad-pod-id-nmi-role'),
  binding: reference(rbac, 'ClusterRoleBinding', 'aad-pod-id-nmi-binding'),
  account: reference('v1', 'ServiceAccount', 'aad-pod-id-nmi-service-account', namespace),
  daemonSet: reference('apps/v1', 'DaemonSet', 'nmi', namespace),
};
const mic = reference('apps/v1', 'Deployment', 'mic', namespace);
const exception = reference(podIdentity, 'AzurePodIdentityException', 'mic-exception', namespace);
const definition = reference(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'azurepodidentityexceptions.aadpodidentity.k8s.io',
);
const identity = reference(podIdentity, 'AzureIdentity', 'aks-p-we-001-agentpool', namespace);
const binding = reference(podIdentity, 'AzureIdentityBinding', 'aks-p-we-001-agentpool-binding', namespace);

const install: Case = { task: 'PodIdentityInstall' };
const bind: Case = { task: 'PodIdentityBind', inputs: { workloads: 'deployment/web' } };
const bindSet: Case = { task: 'PodIdentityBind', inputs: { workloads: 'statefulset/db' } };
const bindPods: Case = { task: 'PodIdentityBind', inputs: { pods: 'app=web' } };
const check: Case = {
  task: 'PodSecretCheck',
  inputs: { podSelector: 'app=web', keyVault: 'kvpwe001', secretName: 'password' },
};

/** Reading, creating and changing one kind of object. A server-side apply of what is not there needs both verbs. */
function written(resource: string, by: Case, absent: ObjectReference): Readonly<Record<string, Case>> {
  return {
    [`get ${resource}`]: by,
    [`create ${resource}`]: { ...by, absent },
    [`patch ${resource}`]: { ...by, absent },
  };
}

/** A task that needs the permission. */
const cases: Readonly<Record<string, Case>> = {
  ...written('customresourcedefinitions.apiextensions.k8s.io', install, definition),
  ...written('clusterroles.rbac.authorization.k8s.io', install, nmi.role),
  ...written('clusterrolebindings.rbac.authorization.k8s.io', install, nmi.binding),
  'escalate clusterroles.rbac.authorization.k8s.io': { ...install, absent: nmi.role },
  'bind clusterroles.rbac.authorization.k8s.io': { ...install, absent: nmi.binding },
  ...written('serviceaccounts', install, nmi.account),
  ...written('deployments.apps', install, mic),
  'list deployments.apps': install,
  ...written('daemonsets.apps', install, nmi.daemonSet),
  ...written('azurepodidentityexceptions.aadpodidentity.k8s.io', install, exception),
  'get namespaces': install,
  ...written('azureidentities.aadpodidentity.k8s.io', bind, identity),
  'list azureidentities.aadpodidentity.k8s.io': bind,
  ...written('azureidentitybindings.aadpodidentity.k8s.io', bind, binding),
  'list azureidentitybindings.aadpodidentity.k8s.io': bind,
  'get statefulsets.apps': bindSet,
  'patch statefulsets.apps': bindSet,
  'list pods': bindPods,
  'patch pods': bindPods,
  'get pods/exec': check,
  'create pods/exec': check,
};

function workload(kind: string, name: string): object {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: `${name}:1` }] } };
  const spec = { replicas: kind === 'StatefulSet' ? 0 : 1, selector: { matchLabels: { app: name } }, template };
  return { apiVersion: 'apps/v1', kind, metadata: { name, namespace }, spec };
}

const ofTasks = permissions.filter((each) => !isOfRemoval(each) && each.resource !== 'services');

/** What the role leaves out because few need it, with the rules that the page lists for it. */
const optional: readonly (Case & { readonly needs: readonly Permission[] })[] = [
  {
    task: 'PodIdentityInstall',
    inputs: { namespace: 'pod-identity' },
    absent: mic,
    needs: [{ verb: 'patch', resource: 'namespaces', group: '' }],
  },
  {
    task: 'PodIdentityBind',
    inputs: { workloads: 'helm/web' },
    // Both are asked for at once; either may be refused first.
    needs: ['statefulsets', 'daemonsets'].map((resource) => ({ verb: 'list', resource, group: 'apps' })),
  },
  {
    task: 'PodSecretCheck',
    inputs: { workload: 'replicaset/web', keyVault: 'kvpwe001', secretName: 'password' },
    needs: [{ verb: 'get', resource: 'replicasets', group: 'apps' }],
  },
];

const deployment = `
steps:
- task: KubernetesManifest@1
  inputs:
    action: deploy
    kubernetesServiceConnection: `;

describe('the ClusterRole of docs/permissions.md, where something is made', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    // From 1.35 on a command in a pod needs both verbs on pods/exec.
    const objects = [workload('Deployment', 'web'), workload('StatefulSet', 'db')];
    world = await startWorld({ scenario: worldOfClusterRoles({ kubernetesVersion: '1.35.1', objects }) });
    const run = await world.run('PodIdentityInstall', cluster);
    assert.equal(run.result, 'Succeeded', run.log.join('\n'));
  });
  after(async () => {
    await world.stop();
  });

  it('has every permission that a case here takes away', () => {
    assert.deepEqual(Object.keys(cases).sort(), ofTasks.map(nameOf).sort());
  });

  for (const permission of ofTasks)
    it(`is refused without ${nameOf(permission)}, by an error that names it`, async () => {
      const own = cases[nameOf(permission)];
      assert.ok(own, `nothing needs ${nameOf(permission)}`);
      if (own.absent) await ensureAbsent(world, [own.absent]);
      const kubernetesServiceConnection = nameOf(permission);
      const run = await world.run(own.task, { ...cluster, kubernetesServiceConnection, ...own.inputs });
      assertNames(run, permission);
    });

  for (const { task, inputs, absent, needs } of optional)
    it(`leaves out ${needs.map(nameOf).join(' and ')}; where ${task} needs it, the error names it`, async () => {
      if (absent) await ensureAbsent(world, [absent]);
      const run = await world.run(task, { ...cluster, kubernetesServiceConnection: 'cluster-conn', ...inputs });
      assertNamesOneOf(run, needs);
    });

  const service = reference('v1', 'Service', 'aks-helloworld', namespace);
  for (const permission of permissions.filter(({ resource }) => resource === 'services'))
    it(`is refused without ${nameOf(permission)}, by the deployment step in the API server's words`, async () => {
      // A patch needs a service that is there and looks different.
      const other = { ...service, spec: { selector: { app: 'other' }, ports: [{ port: 8080 }] } };
      if (permission.verb === 'patch') await ensureObjects(world, [other]);
      else await ensureAbsent(world, [service]);
      const manifests = '\n    namespace: default\n    manifests: manifests/aks-helloworld.yaml\n';
      const { jobs, result } = await world.pipeline(`${deployment}${nameOf(permission)}${manifests}`);
      const log = jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => run?.log ?? [])).join('\n');
      assert.equal(result, 'Failed', log);
      assert.ok(log.includes(`cannot ${permission.verb} resource "services" in API group ""`), log);
    });
});
