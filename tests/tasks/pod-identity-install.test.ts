import assert from 'node:assert/strict';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import type { KubeObject } from '../../sandbox/contracts.ts';
import type { ClusterSpec, Scenario } from '../../sandbox/scenario/types.ts';
import { loadScenario } from '../../sandbox/scenario/load.ts';
import { deployDemo } from '../support/demo.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';

const inputs = { azureSubscription: 'azure-conn', resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001' };

function text({ log }: TaskRun): string {
  return log.join('\n');
}

/** What a person would call the state of a cluster: everything but events and what controllers count. */
async function objects({ sandbox }: World): Promise<readonly string[]> {
  const all = await sandbox.clusters[0]!.dump();
  return all
    .filter(({ kind }) => kind !== 'Event')
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)
    .sort();
}

async function find({ sandbox }: World, kind: string, name: string): Promise<KubeObject | undefined> {
  return (await sandbox.clusters[0]!.dump()).find((each) => each.kind === kind && each.metadata.name === name);
}

/** The article's world with its first cluster changed. */
function withCluster(change: Partial<ClusterSpec>): Scenario {
  const scenario = loadScenario('article');
  const subscriptions = scenario.subscriptions.map((subscription) => ({
    ...subscription,
    resourceGroups: subscription.resourceGroups.map((group) => ({
      ...group,
      clusters: group.clusters.map((each) => (each.name === inputs.clusterName ? { ...each, ...change } : each)),
    })),
  }));
  return { ...scenario, subscriptions };
}

function firstCluster(): ClusterSpec {
  const groups = loadScenario('article').subscriptions.flatMap(({ resourceGroups }) => resourceGroups);
  return groups.flatMap(({ clusters }) => clusters).find(({ name }) => name === inputs.clusterName)!;
}

/** MIC as the upstream chart makes it. */
function helmController(release: string): KubeObject {
  const labels = { 'app.kubernetes.io/component': 'mic' };
  const containers = [{ name: 'mic', image: 'mcr.microsoft.com/oss/azure/aad-pod-identity/mic:v1.8.9' }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'aad-pod-identity-mic',
      namespace: 'ops',
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': 'ops' },
    },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

describe('PodIdentityInstall@1', function () {
  this.timeout(60_000);
  let world: World;
  afterEach(async () => {
    await world.stop();
  });

  describe('on the cluster of the article', () => {
    beforeEach(async () => {
      world = await startWorld();
    });

    it('installs definitions, rights, exceptions, MIC and NMI, and waits until they work', async () => {
      const run = await world.run('PodIdentityInstall', inputs);
      assert.equal(run.result, 'Succeeded', text(run));
      assert.equal(run.outputVariables['installedVersion'], '1.8.17');
      assert.equal(run.outputVariables['changeCount'], '14');
      const [mic, nmi] = [await find(world, 'Deployment', 'mic'), await find(world, 'DaemonSet', 'nmi')];
      assert.equal((mic?.['status'] as { availableReplicas?: number }).availableReplicas, 2);
      assert.equal((nmi?.['status'] as { numberReady?: number }).numberReady, 2);
      assert.match(text(run), /the leader of MIC: mic-\S+ leads/);
      assert.match(text(run), /nmi in namespace default: 2 of 2 nodes ready/);
    });

    it('warns exactly once that AAD Pod Identity is archived, naming the successor', async () => {
      const run = await world.run('PodIdentityInstall', { ...inputs, action: 'preview' });
      const warnings = run.issues.filter(({ message }) => message.includes('POD001'));
      assert.equal(warnings.length, 1, text(run));
      assert.match(warnings[0]!.message, /Microsoft Entra Workload ID/);
    });

    it('does nothing the second time', async () => {
      await world.run('PodIdentityInstall', inputs);
      world.sandbox.requests.clear();
      const again = await world.run('PodIdentityInstall', inputs);
      assert.equal(again.outputVariables['changeCount'], '0', text(again));
      assert.deepEqual(world.writes(), []);
    });

    it('prints its plan and writes nothing in a preview', async () => {
      const run = await world.run('PodIdentityInstall', { ...inputs, action: 'preview' });
      assert.equal(run.result, 'Succeeded', text(run));
      assert.equal(run.outputVariables['changeCount'], '14');
      assert.deepEqual(world.writes(), []);
    });

    it('leaves nothing behind when it is removed', async () => {
      const before = await objects(world);
      await world.run('PodIdentityInstall', inputs);
      const run = await world.run('PodIdentityInstall', { ...inputs, action: 'remove' });
      assert.equal(run.result, 'Succeeded', text(run));
      assert.deepEqual(await objects(world), before);
      const again = await world.run('PodIdentityInstall', { ...inputs, action: 'remove' });
      assert.equal(again.outputVariables['changeCount'], '0', text(again));
    });

    it('converges when two runs go on at the same time', async () => {
      const runs = await Promise.all([
        world.run('PodIdentityInstall', inputs),
        world.run('PodIdentityInstall', inputs),
      ]);
      for (const run of runs) assert.equal(run.result, 'Succeeded', text(run));
      const again = await world.run('PodIdentityInstall', inputs);
      assert.equal(again.outputVariables['changeCount'], '0', text(again));
    });

    it('makes a namespace of its own and takes it away again', async () => {
      const before = await objects(world);
      const own = { ...inputs, namespace: 'pod-identity' };
      const run = await world.run('PodIdentityInstall', own);
      assert.equal(run.result, 'Succeeded', text(run));
      assert.equal((await find(world, 'Deployment', 'mic'))?.metadata.namespace, 'pod-identity');
      const elsewhere = await world.run('PodIdentityInstall', inputs);
      assert.match(text(elsewhere), /POD014.*mic in namespace pod-identity/);
      const removal = await world.run('PodIdentityInstall', { ...own, action: 'remove' });
      assert.equal(removal.result, 'Succeeded', text(removal));
      assert.deepEqual(await objects(world), before);
    });
  });

  it('installs another release with images of another registry, and the last one over it', async () => {
    world = await startWorld();
    const registry = {
      imageRegistry: 'registry.example.com/mirror',
      tolerations: 'CriticalAddonsOnly=true:NoSchedule',
    };
    const earlier = await world.run('PodIdentityInstall', { ...inputs, ...registry, version: '1.8.4' });
    assert.equal(earlier.result, 'Succeeded', text(earlier));
    assert.equal(earlier.outputVariables['installedVersion'], '1.8.4');
    const template = (object: KubeObject | undefined): string => JSON.stringify(object?.['spec']);
    const before = template(await find(world, 'Deployment', 'mic'));
    assert.match(before, /registry\.example\.com\/mirror\/oss\/azure\/aad-pod-identity\/mic:v1\.8\.4/);
    assert.match(before, /CriticalAddonsOnly/);
    const last = await world.run('PodIdentityInstall', inputs);
    assert.equal(last.result, 'Succeeded', text(last));
    const after = template(await find(world, 'Deployment', 'mic'));
    assert.match(after, /mcr\.microsoft\.com\/oss\/azure\/aad-pod-identity\/mic:v1\.8\.17/);
    assert.doesNotMatch(after, /CriticalAddonsOnly/);
    const again = await world.run('PodIdentityInstall', inputs);
    assert.equal(again.outputVariables['changeCount'], '0', text(again));
  });

  it('installs NMI alone in managed mode, on a cluster whose node resource group is locked', async () => {
    world = await startWorld({ scenario: withCluster({ nodeRestriction: 'ReadOnly' }) });
    const before = await objects(world);
    const managed = { ...inputs, mode: 'managed', namespace: 'kube-system' };
    const run = await world.run('PodIdentityInstall', managed);
    assert.equal(run.result, 'Succeeded', text(run));
    assert.equal(await find(world, 'Deployment', 'mic'), undefined);
    assert.match(text(run), /nmi in namespace kube-system: 2 of 2 nodes ready/);
    const again = await world.run('PodIdentityInstall', managed);
    assert.equal(again.outputVariables['changeCount'], '0', text(again));
    const removal = await world.run('PodIdentityInstall', { ...managed, action: 'remove' });
    assert.equal(removal.result, 'Succeeded', text(removal));
    assert.deepEqual(await objects(world), before);
  });

  it('in managed mode serves a pod whose identity is on the nodes already', async () => {
    world = await startWorld();
    const [vault, where] = [{ keyVault: 'kvpwe001' }, { namespace: 'default' }];
    const workload = 'deployment/aks-helloworld';
    await world.run('PodIdentityInstall', { ...inputs, mode: 'managed', namespace: 'kube-system' });
    await world.run('KeyVaultGrant', { ...inputs, ...vault });
    await deployDemo(world);
    const bound = await world.run('PodIdentityBind', { ...inputs, ...where, workloads: workload });
    assert.equal(bound.result, 'Succeeded', text(bound));
    assert.match(text(bound), /NMI in managed mode reads the binding itself/);
    const proof = await world.run('PodSecretCheck', {
      ...inputs,
      ...vault,
      ...where,
      workload,
      secretName: 'password',
    });
    assert.equal(proof.outputVariables['outcome'], 'passed', text(proof));
  });

  it('does not go from standard to managed mode under a running MIC', async () => {
    world = await startWorld();
    await world.run('PodIdentityInstall', inputs);
    world.sandbox.requests.clear();
    const run = await world.run('PodIdentityInstall', { ...inputs, mode: 'managed' });
    assert.match(text(run), /\[POD014\] mode is "managed", but .* MIC runs in namespace default/);
    assert.deepEqual(world.writes(), []);
  });

  it('names every input that is wrong, and asks nobody', async () => {
    world = await startWorld();
    const wrong = { version: '1.7.0', imageRegistry: 'https://registry.example.com', tolerations: 'a=b:Never' };
    const run = await world.run('PodIdentityInstall', { ...inputs, ...wrong, imagePullSecret: 'No Name' });
    for (const name of [...Object.keys(wrong), 'imagePullSecret']) assert.match(text(run), new RegExp(`- ${name} `));
    assert.deepEqual(
      world.sandbox.requests.all().filter(({ server }) => server === 'resourceManager'),
      [],
    );
  });

  const refusals: readonly (readonly [string, Partial<ClusterSpec>, string])[] = [
    ['a cluster without Kubernetes RBAC', { enableRbac: false }, 'AKS001'],
    ['a locked node resource group', { nodeRestriction: 'ReadOnly' }, 'AKS003'],
    ['kubenet', { networkPlugin: 'kubenet' }, 'POD002'],
    ['the AKS add-on', { podIdentityAddon: true }, 'POD004'],
  ];
  for (const [what, change, code] of refusals)
    it(`refuses ${what} before any write (${code})`, async () => {
      world = await startWorld({ scenario: withCluster(change) });
      const run = await world.run('PodIdentityInstall', inputs);
      assert.equal(run.result, 'Failed');
      assert.ok(text(run).includes(`[${code}]`), text(run));
      assert.deepEqual(world.writes(), []);
    });

  it('refuses a namespace whose Pod Security level forbids NMI', async () => {
    const metadata = { name: 'locked', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
    world = await startWorld({ scenario: withCluster({ objects: [...firstCluster().objects, namespace] }) });
    const run = await world.run('PodIdentityInstall', { ...inputs, namespace: 'locked' });
    assert.match(text(run), /\[POD003\] The namespace locked enforces the Pod Security level restricted/);
    assert.deepEqual(world.writes(), []);
  });

  it('lets another tool keep what it made, and stops before the first write where the values differ', async () => {
    const metadata = { name: 'aad-pod-id-nmi-role' };
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules: [] };
    world = await startWorld({ scenario: withCluster({ objects: [...firstCluster().objects, role] }) });
    const run = await world.run('PodIdentityInstall', inputs);
    assert.match(text(run), /\[POD014\] ClusterRole aad-pod-id-nmi-role was made by/);
    assert.deepEqual(world.writes(), []);
  });

  const releases: readonly (readonly [string, string, RegExp])[] = [
    ['names the Helm release that made MIC', 'apid', /helm uninstall apid --namespace ops first/],
    ['repeats no text that is no name of a release', 'x; rm -rf /', /helm uninstall RELEASE --namespace ops first/],
  ];
  for (const [what, release, next] of releases)
    it(`${what}, and writes nothing (POD020)`, async () => {
      const ops = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ops' } };
      const objects = [...firstCluster().objects, ops, helmController(release)];
      world = await startWorld({ scenario: withCluster({ objects }) });
      const before = await find(world, 'Deployment', 'aad-pod-identity-mic');
      const run = await world.run('PodIdentityInstall', inputs);
      assert.equal(run.result, 'Failed', text(run));
      assert.match(text(run), /\[POD020\] The Deployment aad-pod-identity-mic in namespace ops belongs to/);
      assert.match(text(run), next);
      assert.doesNotMatch(text(run), /rm -rf/);
      assert.deepEqual(world.writes(), []);
      assert.deepEqual((await find(world, 'Deployment', 'aad-pod-identity-mic'))?.['spec'], before?.['spec']);
    });
});
