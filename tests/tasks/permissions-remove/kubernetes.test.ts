import assert from 'node:assert/strict';
import type { ObjectReference } from '../../support/cluster-state.ts';
import { asWritten, dump, ensureAbsent, ensureObjects } from '../../support/cluster-state.ts';
import { cluster } from '../../support/one-cluster.ts';
import { assertNames, isOfRemoval, nameOf, permissions, worldOfClusterRoles } from '../../support/permissions.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

const podIdentity = 'aadpodidentity.k8s.io/v1';
const namespace = 'default';
const force = { action: 'remove', force: 'true' };

interface Case {
  /** There when the task begins, so that it has something to take away: a kind of the installation, or an object. */
  readonly present: string | ObjectReference;
  /** MIC would clear what it left behind by itself. */
  readonly withoutMic?: true;
}

function custom(kind: string, spec: object, more: object = {}): ObjectReference {
  const metadata = { name: 'left', namespace, ...more };
  return { apiVersion: podIdentity, kind, metadata, ...spec };
}

const identity = custom('AzureIdentity', { spec: { type: 0 } });
const binding = custom('AzureIdentityBinding', { spec: { azureIdentity: 'left', selector: 'left' } });
const assignment = custom(
  'AzureAssignedIdentity',
  { spec: { pod: 'gone' } },
  { finalizers: ['azureassignedidentities.mic'] },
);
const assigned: Case = { present: assignment, withoutMic: true };
const lock: Case = {
  present: { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'aad-pod-identity-mic', namespace } },
};
const record: Case = {
  present: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'aad-pod-identity-config', namespace } },
};

/** What PodIdentityInstall finds when it shall take everything away. */
const cases: Readonly<Record<string, Case>> = {
  'delete customresourcedefinitions.apiextensions.k8s.io': { present: 'CustomResourceDefinition' },
  'delete clusterroles.rbac.authorization.k8s.io': { present: 'ClusterRole' },
  'delete clusterrolebindings.rbac.authorization.k8s.io': { present: 'ClusterRoleBinding' },
  'delete serviceaccounts': { present: 'ServiceAccount' },
  'delete deployments.apps': { present: 'Deployment' },
  'delete daemonsets.apps': { present: 'DaemonSet' },
  'delete azureidentities.aadpodidentity.k8s.io': { present: identity },
  'delete azureidentitybindings.aadpodidentity.k8s.io': { present: binding },
  'list azurepodidentityexceptions.aadpodidentity.k8s.io': { present: 'CustomResourceDefinition' },
  'delete azurepodidentityexceptions.aadpodidentity.k8s.io': { present: 'AzurePodIdentityException' },
  'list azureassignedidentities.aadpodidentity.k8s.io': { present: 'CustomResourceDefinition' },
  'patch azureassignedidentities.aadpodidentity.k8s.io': assigned,
  'delete azureassignedidentities.aadpodidentity.k8s.io': assigned,
  'get endpoints': lock,
  'delete endpoints': lock,
  'get configmaps': record,
  'delete configmaps': record,
};

describe('the ClusterRole of docs/permissions.md, where something is taken away', function () {
  this.timeout(60_000);
  let world: World;
  let installed: readonly ObjectReference[];
  before(async () => {
    world = await startWorld({ scenario: worldOfClusterRoles() });
    const run = await world.run('PodIdentityInstall', cluster);
    assert.equal(run.result, 'Succeeded', run.log.join('\n'));
    const label = 'app.kubernetes.io/managed-by';
    const own = (await dump(world)).filter(({ metadata }) => metadata.labels?.[label] === 'keyless-pods');
    installed = own.map(asWritten);
  });
  after(async () => {
    await world.stop();
  });

  /** A removal that was refused has got as far as it could: what the next one needs is put back. */
  async function prepare({ present, withoutMic }: Case): Promise<void> {
    const ofKind = (kind: string): readonly ObjectReference[] => installed.filter((each) => each.kind === kind);
    await ensureObjects(world, ofKind('CustomResourceDefinition'));
    // Of another case: a removal would wait for MIC to clear it.
    await ensureAbsent(world, [assignment]);
    if (withoutMic) await ensureAbsent(world, ofKind('Deployment'));
    await ensureObjects(world, typeof present === 'string' ? ofKind(present) : [present]);
  }

  it('has every permission that a case here takes away', () => {
    assert.deepEqual(Object.keys(cases).sort(), permissions.filter(isOfRemoval).map(nameOf).sort());
  });

  for (const permission of permissions.filter(isOfRemoval))
    it(`is refused without ${nameOf(permission)}, by an error that names it`, async () => {
      const own = cases[nameOf(permission)];
      assert.ok(own, `nothing needs ${nameOf(permission)}`);
      await prepare(own);
      const kubernetesServiceConnection = nameOf(permission);
      const run = await world.run('PodIdentityInstall', { ...cluster, kubernetesServiceConnection, ...force });
      assertNames(run, permission);
    });
});
