/** What a cluster does must not depend on what carries the requests there: the same suite for each way. */
import assert from 'node:assert/strict';
import { runCommand } from '../../../sandbox/azure/resource-manager/run-command/run.ts';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';
import { ApiCluster } from '../../../src/kube/api-cluster.ts';
import type { KubeCluster } from '../../../src/kube/cluster.ts';
import { loadKubeconfig } from '../../../src/kube/config/kubeconfig.ts';
import { directTransport } from '../../../src/kube/direct/direct-cluster.ts';
import { openEndpoint } from '../../../src/kube/direct/endpoint.ts';
import { kinds } from '../../../src/kube/kinds.ts';
import { runCommandTransport } from '../../../src/kube/run-command/run-command-transport.ts';
import type { KubeObject } from '../../../src/kube/shapes.ts';
import type { KubeTransport } from '../../../src/kube/transport.ts';
import { startBudget } from '../../../src/runtime/budget.ts';
import { fastClock } from '../../support/clock.ts';
import type { World } from '../../sandbox/cluster-life/world.ts';
import { apply, eventually, startWorld } from '../../sandbox/cluster-life/world.ts';

type Ways = Readonly<Record<'direct' | 'by run command', (world: World, token?: string) => Promise<KubeTransport>>>;

const ways: Ways = {
  direct: async ({ cluster }, token) => {
    const network = { proxyFor: () => undefined, certificateAuthority: undefined };
    const source = { text: cluster.kubeconfig('admin'), origin: 'test' };
    const { config } = await loadKubeconfig(source, { network, mask: () => undefined });
    if (token !== undefined) config.users = config.users.map(({ name }) => ({ name, token }));
    const clock = fastClock();
    const endpoint = await openEndpoint(config, { network });
    return directTransport({ endpoint, clock, budget: startBudget(clock, 60_000) });
  },
  'by run command': ({ cluster }, token) =>
    Promise.resolve(
      runCommandTransport({
        name: 'cluster',
        clock: fastClock(),
        run: async (command) => {
          const ran = await runCommand(
            { ...command, ...(token === undefined ? {} : { clusterToken: token }) },
            cluster,
          );
          assert.ok(ran, 'the sandbox knows the command');
          return ran.logs;
        },
      }),
    ),
};

const withCode =
  (code: string, text = /./) =>
  (error: unknown): boolean =>
    error instanceof DiagnosticError && error.diagnostic.code === code && text.test(error.diagnostic.message);

const configMap = (name: string, data: Readonly<Record<string, string>>): KubeObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data }) as KubeObject;

const nasty = `it's "quoted" $(touch /tmp/x) \`id\` \\ \n line é %s $?`;

const theirs = `
apiVersion: v1
kind: ConfigMap
metadata: { name: theirs, namespace: default }
data: { one: x, two: y }
`;

const podManifest = `
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: default }
spec:
  containers: [{ name: web, image: 'docker.io/library/nginx:1.29-alpine' }]
  nodeSelector: { kubernetes.io/os: linux }
`;

for (const [way, open] of Object.entries(ways)) {
  describe(`a cluster ${way}`, function () {
    this.timeout(60_000);
    let world: World;
    let cluster: KubeCluster;
    before(async () => {
      world = await startWorld();
      cluster = new ApiCluster('aks-1', await open(world));
    });
    after(async () => {
      cluster.close();
      await world.stop();
    });
    const dataOf = async (name: string): Promise<unknown> =>
      (
        (await cluster.get(kinds.configMap, { name, namespace: 'default' })) as
          { readonly data?: Readonly<Record<string, string>> } | undefined
      )?.data;

    it('gives what is there, and undefined for what is not', async () => {
      assert.equal((await cluster.get(kinds.namespace, { name: 'default' }))?.metadata.name, 'default');
      assert.equal(await cluster.get(kinds.namespace, { name: 'none' }), undefined);
      assert.equal(await cluster.get(kinds.azureIdentity, { name: 'a', namespace: 'default' }), undefined);
    });

    it('lists by selectors', async () => {
      const nodes = await cluster.list(kinds.node, { labelSelector: 'kubernetes.io/os in (linux)' });
      assert.deepEqual(nodes.map(({ metadata }) => metadata.name).sort(), ['node-0', 'node-1']);
      assert.equal(nodes[0]?.kind, 'Node');
      const field = await cluster.list(kinds.node, { fieldSelector: 'metadata.name=win-0' });
      assert.equal(field.length, 1);
      await assert.rejects(cluster.list(kinds.azureIdentity), withCode('KUB008'));
    });

    it('creates once, with any content', async () => {
      await cluster.create(kinds.configMap, configMap('made', { nasty }));
      assert.deepEqual(await dataOf('made'), { nasty });
      await assert.rejects(cluster.create(kinds.configMap, configMap('made', {})), withCode('KUB009'));
    });

    it('applies, and leaves to others what is theirs unless it is told not to', async () => {
      await cluster.apply(kinds.configMap, configMap('applied', { one: '1', two: nasty }));
      await cluster.apply(kinds.configMap, configMap('applied', { one: '1' }));
      assert.deepEqual(await dataOf('applied'), { one: '1' });
      await apply(world, theirs);
      const wanted = configMap('theirs', { one: '1', two: '2' });
      await assert.rejects(
        cluster.apply(kinds.configMap, wanted),
        withCode('KUB006', /\.data\.one.* belongs to \S+\./),
      );
      await cluster.apply(kinds.configMap, wanted, { force: true });
      assert.deepEqual(await dataOf('theirs'), { one: '1', two: '2' });
      const found = await cluster.get(kinds.configMap, { name: 'applied', namespace: 'default' });
      assert.deepEqual(
        found?.metadata.managedFields?.map(({ manager }) => manager),
        ['keyless-pods'],
      );
    });

    it('patches, and says what is missing', async () => {
      await cluster.create(kinds.configMap, configMap('patched', { one: '1', two: '2' }));
      const name = { name: 'patched', namespace: 'default' };
      await cluster.mergePatch(kinds.configMap, name, { data: { one: null, two: nasty } });
      assert.deepEqual(await dataOf('patched'), { two: nasty });
      await assert.rejects(
        cluster.mergePatch(kinds.configMap, { ...name, name: 'none' }, {}),
        withCode('KUB005', /ConfigMap none/),
      );
      await assert.rejects(cluster.mergePatch(kinds.azureIdentity, name, {}), withCode('KUB008'));
    });

    it('refuses what is malformed or has no place', async () => {
      const wrong = { ...configMap('Wrong_Name', {}), metadata: { name: 'Wrong_Name', namespace: 'default' } };
      await assert.rejects(cluster.apply(kinds.configMap, wrong), withCode('KUB009', /Invalid \(status 422\)/));
      const nowhere = { ...configMap('a', {}), metadata: { name: 'a', namespace: 'none' } };
      await assert.rejects(cluster.apply(kinds.configMap, nowhere), withCode('KUB005', /the namespace none/));
      const kind = { apiVersion: 'aadpodidentity.k8s.io/v1', kind: 'AzureIdentity', metadata: nowhere.metadata };
      await assert.rejects(cluster.apply(kinds.azureIdentity, kind), withCode('KUB008'));
    });

    it('deletes, also what is gone', async () => {
      const name = { name: 'gone', namespace: 'default' };
      await cluster.create(kinds.configMap, configMap('gone', {}));
      await cluster.delete(kinds.configMap, name);
      assert.equal(await cluster.get(kinds.configMap, name), undefined);
      await cluster.delete(kinds.configMap, name);
    });

    it('knows what is served', async () => {
      assert.equal(await cluster.serves(kinds.deployment), true);
      assert.equal(await cluster.serves(kinds.azureIdentity), false);
    });

    it('runs commands in pods and reads their logs', async () => {
      await apply(world, podManifest);
      await eventually(async () => {
        const pod = await cluster.get(kinds.pod, { name: 'web', namespace: 'default' });
        assert.equal(pod?.status?.phase, 'Running');
      });
      const at = { namespace: 'default', pod: 'web', container: 'web', timeout: 20_000 };
      const echo = ['sh', '-c', 'printf "%s" "$1"; cat; echo trouble >&2; exit 7', 'sh', nasty];
      const { stdout, stderr, exitCode } = await cluster.exec({ ...at, command: echo, stdin: `<${nasty}>` });
      assert.deepEqual([stdout, stderr.trim(), exitCode], [`${nasty}<${nasty}>`, 'trouble', 7]);
      const none = await cluster.exec({ ...at, command: ['no-such-program'] });
      assert.notEqual(none.exitCode, 0);
      await assert.rejects(cluster.exec({ ...at, pod: 'none', command: ['true'] }), withCode('KUB005', /Pod none/));
      assert.equal(typeof (await cluster.logs({ namespace: 'default', pod: 'web', tailLines: 5 })), 'string');
      await assert.rejects(
        cluster.logs({ namespace: 'default', pod: 'none' }),
        withCode('KUB005', /log of the Pod none/),
      );
    });

    it('names the verb that the connection lacks', async () => {
      const token = await world.cluster.serviceAccountToken('default', 'default');
      const weak = new ApiCluster('aks-1', await open(world, token));
      const name = { name: 'default' };
      await assert.rejects(weak.get(kinds.namespace, name), withCode('KUB004', /lacks the verb get on namespaces/));
      await assert.rejects(
        weak.apply(kinds.configMap, configMap('a', {})),
        withCode('KUB004', /lacks the verb (patch|create) on configmaps/),
      );
      weak.close();
    });
  });
}
