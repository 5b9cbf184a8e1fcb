import assert from 'node:assert/strict';
import { CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import { ensureObjects } from '../support/cluster-state.ts';
import { cluster, oneCluster } from '../support/one-cluster.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';

const check = { ...cluster, namespace: 'default', keyVault: 'kvpwe001', secretName: 'password' };

/** A Deployment of a pod without a shell, like those of distroless images. */
function shellless(
  name: string,
  namespace = 'default',
): { apiVersion: string; kind: string; metadata: { name: string } } {
  const labels = { app: name };
  const annotations = { 'sandbox.keyless-pods/tools': 'none' };
  const securityContext = {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const containers = [{ name, image: 'example.azurecr.io/app:1', securityContext }];
  const template = { metadata: { labels, annotations }, spec: { containers } };
  const spec = { replicas: 1, selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace }, spec } as never;
}

function text({ log }: TaskRun): string {
  return log.join('\n');
}

describe('PodSecretCheck@1 in pods without a shell', function () {
  this.timeout(120_000);
  let world: World;
  const proof = (inputs: Readonly<Record<string, string>>): Promise<TaskRun> =>
    world.run('PodSecretCheck', { ...check, workload: 'deployment/bare', ...inputs });
  const pods = async (namespace = 'default'): Promise<readonly V1Pod[]> => {
    const config = new KubeConfig();
    config.loadFromFile(world.sandbox.connection.kubeconfig);
    return (await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector: 'app' })).items;
  };

  before(async () => {
    world = await startWorld({ scenario: oneCluster() });
    const enforce = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const strict = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'strict', labels: enforce } };
    await ensureObjects(world, [strict, shellless('bare'), shellless('bare', 'strict')]);
    const setUp = [
      ['AksRoleGrants', {}],
      ['PodIdentityInstall', {}],
      ['KeyVaultGrant', { keyVault: 'kvpwe001' }],
      ['PodIdentityBind', { namespace: 'default', workloads: 'deployment/bare' }],
    ] as const;
    for (const [task, inputs] of setUp) {
      const run = await world.run(task, { ...cluster, ...inputs });
      assert.equal(run.result, 'Succeeded', text(run));
    }
  });
  after(async () => {
    await world.stop();
  });

  it('fails where only a command may ask', async () => {
    const run = await proof({ probe: 'exec' });
    assert.equal(run.outputVariables['failureCode'], 'CHK002', text(run));
    assert.deepEqual((await pods())[0]?.spec?.ephemeralContainers, undefined);
  });

  it('asks by an ephemeral container, says why, and what stays', async () => {
    const run = await proof({});
    assert.equal(run.result, 'Succeeded', text(run));
    assert.match(text(run), /The pod bare-\S+ is asked by an ephemeral container: its container has no shell\./);
    assert.match(text(run), /The container (keyless-pods-[0-9a-f]{8}) has ended; Kubernetes keeps it/);
    assert.match(text(run), /ok {2}an ephemeral container can ask: keyless-pods-[0-9a-f]{8}/);
    const [pod] = await pods();
    assert.deepEqual(
      pod?.status?.ephemeralContainerStatuses?.map(({ image, state }) => [image, state?.terminated?.exitCode]),
      [['docker.io/curlimages/curl:8.11.1', 0]],
    );
  });

  it('is admitted by the strictest Pod Security level', async () => {
    const namespace = 'strict';
    const bind = await world.run('PodIdentityBind', { ...cluster, namespace, workloads: 'deployment/bare' });
    assert.equal(bind.result, 'Succeeded', text(bind));
    const run = await proof({ namespace, probe: 'ephemeralContainer' });
    assert.equal(run.result, 'Succeeded', text(run));
  });

  it('knows what the vault says from there, too', async () => {
    const run = await proof({ probe: 'ephemeralContainer', secretName: 'retired' });
    assert.equal(run.outputVariables['failureCode'], 'CHK044', text(run));
  });

  it('names the permission that a connection lacks', async () => {
    const run = await proof({ probe: 'ephemeralContainer', kubernetesServiceConnection: 'cluster-conn' });
    assert.equal(run.outputVariables['failureCode'], 'CHK006', text(run));
    assert.match(text(run), /resources: \["pods\/ephemeralcontainers"\], verbs: \["patch"\]/);
    const auto = await proof({ kubernetesServiceConnection: 'cluster-conn' });
    assert.equal(auto.outputVariables['failureCode'], 'CHK002', text(auto));
    assert.match(text(auto), /That is not possible: .*add an ephemeral container/);
  });

  it('says which image does not come', async () => {
    const run = await proof({ probeImage: 'registry.example/curl:missing' });
    assert.equal(run.outputVariables['failureCode'], 'CHK007', text(run));
    assert.match(text(run), /registry\.example\/curl:missing/);
  });

  it('takes no digest of the value along', async () => {
    const refused = await proof({ probe: 'ephemeralContainer', expectedSha256: 'a'.repeat(64) });
    assert.match(text(refused), /probe is ephemeralContainer, which cannot compare/);
    const before = (await pods())[0]?.spec?.ephemeralContainers?.length;
    const auto = await proof({ expectedSha256: 'a'.repeat(64) });
    assert.equal(auto.outputVariables['failureCode'], 'CHK002', text(auto));
    assert.equal((await pods())[0]?.spec?.ephemeralContainers?.length, before);
  });
});
