import { AppsV1Api, CoreV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Endpoint } from '../../../sandbox/agent/index.ts';
import { startTestCluster, type TestCluster, withNode } from '../cluster-api/start.ts';
import { clusterConnection as id, lines, repository, run } from './world.ts';

const pipeline = (manifests: string, more = ''): string => `steps:
- task: KubernetesManifest@1
  inputs: {action: deploy, kubernetesServiceConnection: cluster-conn, manifests: ${manifests}${more}}
`;

function kubeconfigConnection({ cluster }: TestCluster): Endpoint {
  const variables = {
    [`ENDPOINT_URL_${id}`]: cluster.server,
    [`ENDPOINT_AUTH_PARAMETER_${id}_KUBECONFIG`]: cluster.kubeconfig('admin'),
    [`ENDPOINT_DATA_${id}_AUTHORIZATIONTYPE`]: 'Kubeconfig',
    [`ENDPOINT_DATA_${id}_NAMESPACE`]: 'default',
  };
  return { id, variables };
}

describe('pipeline: KubernetesManifest@1 deploy', () => {
  let world: TestCluster;
  let content: string;
  const deploy = async (
    manifests = 'manifests/aks-helloworld.yaml',
    endpoint = kubeconfigConnection(world),
    more = '',
  ): ReturnType<typeof run> => run(pipeline(manifests, more), { content, endpoints: [endpoint] });
  const writes = (): readonly string[] =>
    world.requests.filter(({ method }) => method !== 'GET').map(({ method, path: url }) => `${method} ${url}`);

  before(async () => {
    world = await startTestCluster('embedded', withNode);
    content = await mkdtemp(path.join(tmpdir(), 'manifests-'));
    await cp(path.join(repository, 'examples', 'manifests'), path.join(content, 'manifests'), { recursive: true });
  });
  after(async () => {
    await world.cluster.stop();
    await rm(content, { recursive: true });
  });

  it('creates what is not there and waits for its rollout', async () => {
    const answer = await deploy();
    assert.equal(answer.result, 'Succeeded', lines(answer).join('\n'));
    assert.deepEqual(
      lines(answer).filter((line) => /created$|rolled out$/.test(line)),
      [
        'deployment/aks-helloworld created',
        'service/aks-helloworld created',
        'deployment "aks-helloworld" successfully rolled out',
      ],
    );
    const { status } = await world.config
      .makeApiClient(AppsV1Api)
      .readNamespacedDeployment({ namespace: 'default', name: 'aks-helloworld' });
    assert.equal(status?.availableReplicas, 1);
  });

  it('keeps a label that somebody else set on the pod template, and writes nothing where nothing differs', async () => {
    const apps = world.config.makeApiClient(AppsV1Api);
    const name = { namespace: 'default', name: 'aks-helloworld' };
    const label = { spec: { template: { metadata: { labels: { aadpodidbinding: 'theirs' } } } } };
    await apps.patchNamespacedDeployment(
      { ...name, body: label },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    const first = writes().length;
    const answer = await deploy();
    assert.equal(answer.result, 'Succeeded', lines(answer).join('\n'));
    assert.ok(lines(answer).includes('deployment/aks-helloworld unchanged'));
    const ours = writes()
      .slice(first)
      .filter((line) => /deployments\/aks-helloworld$|services/.test(line));
    assert.deepEqual(ours, []);
    const { spec } = await apps.readNamespacedDeployment(name);
    assert.equal(spec?.template.metadata?.labels?.['aadpodidbinding'], 'theirs');
  });

  it('changes what differs, removes what the manifest no longer has, and keeps the label all the same', async () => {
    const file = path.join(content, 'manifests', 'aks-helloworld.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text.replace('nginx:1.29-alpine', 'nginx:1.30-alpine').replace(/ +limits:\n +memory: 128Mi\n/, ''),
    );
    const answer = await deploy();
    assert.ok(lines(answer).includes('deployment/aks-helloworld configured'), lines(answer).join('\n'));
    const { spec } = await world.config
      .makeApiClient(AppsV1Api)
      .readNamespacedDeployment({ namespace: 'default', name: 'aks-helloworld' });
    const [container] = spec?.template.spec?.containers ?? [];
    assert.ok(container);
    assert.equal(container.image, 'docker.io/library/nginx:1.30-alpine');
    assert.equal(container.resources?.limits, undefined);
    assert.equal(spec?.template.metadata?.labels?.['aadpodidbinding'], 'theirs');
  });

  it('takes the namespace of the input before that of the connection, and leaves cluster-wide objects without one', async () => {
    const core = world.config.makeApiClient(CoreV1Api);
    await writeFile(
      path.join(content, 'ns.yaml'),
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n',
    );
    const answer = await deploy('ns.yaml', kubeconfigConnection(world), ', namespace: team');
    assert.equal(answer.result, 'Succeeded', lines(answer).join('\n'));
    assert.deepEqual((await core.readNamespacedConfigMap({ namespace: 'team', name: 'c' })).data, { a: 'b' });
  });

  it("fails with the API server's own words where the service account may not", async () => {
    const account = await world.asServiceAccount('nobody');
    const variables = {
      [`ENDPOINT_URL_${id}`]: world.cluster.server,
      [`ENDPOINT_AUTH_PARAMETER_${id}_APITOKEN`]: Buffer.from(account.getCurrentUser()?.token ?? '').toString('base64'),
      [`ENDPOINT_AUTH_PARAMETER_${id}_SERVICEACCOUNTCERTIFICATE`]: Buffer.from(world.caPem).toString('base64'),
      [`ENDPOINT_DATA_${id}_AUTHORIZATIONTYPE`]: 'ServiceAccount',
    };
    const answer = await deploy('manifests/aks-helloworld.yaml', { id, variables });
    assert.equal(answer.result, 'Failed');
    assert.match(
      lines(answer).join('\n'),
      /deployment\/aks-helloworld: deployments\.apps "aks-helloworld" is forbidden: User "system:serviceaccount:default:nobody" cannot get .*\(403\)/,
    );
  });

  it('gives up on a rollout that does not finish in its time', async () => {
    const file = path.join(content, 'stuck.yaml');
    const text = await readFile(path.join(content, 'manifests', 'aks-helloworld.yaml'), 'utf8');
    await writeFile(
      file,
      text
        .split('---')[0]
        ?.replaceAll('aks-helloworld', 'stuck')
        .replace('kubernetes.io/os: linux', 'kubernetes.io/os: plan9') ?? '',
    );
    const answer = await deploy('stuck.yaml', kubeconfigConnection(world), ', rolloutStatusTimeout: 1');
    assert.match(
      lines(answer).join('\n'),
      /Rollout of deployment "stuck" did not finish in 1 s: 0 of 1 updated are available/,
    );
  });

  it('reports every manifest that cannot be read', async () => {
    const answer = await deploy('"missing.yaml, also-missing.yaml"');
    assert.equal(answer.result, 'Failed');
    assert.match(lines(answer).join('\n'), /##\[error\]missing\.yaml: ENOENT[^]*also-missing\.yaml: ENOENT/);
  });
});
