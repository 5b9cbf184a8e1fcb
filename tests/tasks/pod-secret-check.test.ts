import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KubeConfig, KubernetesObjectApi, loadAllYaml } from '@kubernetes/client-node';
import type { KubernetesObject } from '@kubernetes/client-node';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import { findLeaks } from '../support/leaks.ts';
import type { World } from '../support/world.ts';
import { examples, startWorld } from '../support/world.ts';

const cluster = { azureSubscription: 'azure-conn', resourceGroup: '_rg-aks-p-we-001', clusterName: 'aks-p-we-001' };
const check = {
  ...cluster,
  namespace: 'default',
  workload: 'deployment/aks-helloworld',
  keyVault: 'kvpwe001',
  secretName: 'password',
};

function text({ log }: TaskRun): string {
  return log.join('\n');
}

async function apply({ sandbox }: World, file: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromString(sandbox.clusters.find(({ name }) => name === 'aks-p-we-001')!.kubeconfig('admin'));
  const api = KubernetesObjectApi.makeApiClient(config);
  for (const object of loadAllYaml(readFileSync(path.join(examples, file), 'utf8')) as KubernetesObject[]) {
    if (object.metadata) object.metadata.namespace = 'default';
    if (object.kind === 'Deployment') Object.assign((object as { spec?: object }).spec ?? {}, { replicas: 3 });
    await api.create(object);
  }
}

describe('PodSecretCheck@1', function () {
  this.timeout(120_000);
  let world: World;
  const proof = (inputs: Readonly<Record<string, string>> = {}): Promise<TaskRun> =>
    world.run('PodSecretCheck', { ...check, ...inputs });
  const failsWith = async (code: string, inputs: Readonly<Record<string, string>> = {}): Promise<TaskRun> => {
    const run = await proof(inputs);
    assert.equal(run.result, 'Failed', text(run));
    assert.equal(run.outputVariables['failureCode'], code, text(run));
    assert.equal(run.outputVariables['outcome'], 'failed');
    assert.match(text(run), new RegExp(String.raw`\[${code}\][^]*Cause: [^]*Next: [^]*#${code.toLowerCase()}`));
    return run;
  };

  before(async () => {
    world = await startWorld();
    await apply(world, 'manifests/aks-helloworld.yaml');
  });
  after(async () => {
    await world.stop();
  });

  it('is BYPASSED where no NMI runs, although the token and the only identity are there', async () => {
    const run = await failsWith('CHK012');
    assert.match(text(run), /the pod gets a token through NMI/);
  });

  describe('with AAD Pod Identity', () => {
    before(async () => {
      await world.run('AksRoleGrants', cluster);
      const installed = await world.run('PodIdentityInstall', cluster);
      assert.equal(installed.result, 'Succeeded', text(installed));
    });

    it('finds no identity for a pod without the label, and does not wait for one', async () => {
      assert.match(text(await failsWith('CHK010')), /carries no label aadpodidbinding/);
    });

    describe('and the pods bound', () => {
      before(async () => {
        const { namespace, workload } = check;
        const bind = await world.run('PodIdentityBind', { ...cluster, namespace, workloads: workload });
        assert.equal(bind.result, 'Succeeded', text(bind));
      });

      it('names the object id that a policy is missing for', async () => {
        assert.match(text(await failsWith('CHK040')), /object id [0-9a-f-]{36}/);
      });

      it('finds no role on a vault with Azure RBAC', async () => {
        await failsWith('CHK041', { keyVault: 'kvpwe002' });
      });

      it('finds no container of a wrong name', async () => {
        assert.match(
          text(await failsWith('CHK001', { container: 'nobody' })),
          /no container nobody \(it has aks-helloworld\)/,
        );
      });

      describe('and the vault open', () => {
        before(async () => {
          await world.run('KeyVaultGrant', { ...cluster, keyVault: 'kvpwe001' });
        });

        it('passes, and shows the value to nobody', async () => {
          world.sandbox.requests.clear();
          const run = await proof();
          assert.equal(run.result, 'Succeeded', text(run));
          assert.equal(run.outputVariables['outcome'], 'passed');
          assert.equal(run.outputVariables['failureCode'], '');
          assert.match(run.outputVariables['secretVersion'] ?? '', /^[0-9a-f]{32}$/);
          assert.equal('changeCount' in run.outputVariables, false);
          assert.deepEqual(world.writes(), []);
          const requests = world.sandbox.requests.all().map(({ host, path: where }) => `${host} ${where}`);
          const places = [
            { name: 'log', content: text(run) },
            { name: 'outputs', content: JSON.stringify(run.outputVariables) },
            { name: 'requests', content: requests.join('\n') },
          ];
          assert.deepEqual(findLeaks([{ name: 'the value of password', value: secretValue(world) }], places), []);
        });

        it('asks one pod of every node, and tells all by node and pod', async () => {
          const run = await proof({ pods: 'everyNode' });
          assert.equal(run.result, 'Succeeded', text(run));
          assert.match(
            text(run),
            /node +pod +result\n *aks-\S+00 +aks-helloworld-\S+ +passed\n *aks-\S+01 +aks-helloworld-\S+ +passed\n *2 pods on 2 nodes: 2 passed/,
          );
        });

        it('asks every pod with no more requests than one, except one exec for each', async () => {
          const counted = async (pods: string): Promise<[number, number]> => {
            world.sandbox.requests.clear();
            const run = await proof({ pods });
            assert.equal(run.result, 'Succeeded', text(run));
            const byTask = world.sandbox.requests.all().filter(({ server }) => server.startsWith('cluster:'));
            const execs = byTask.filter(({ path: where }) => where.includes('/exec?')).length;
            return [byTask.length - execs, execs];
          };
          const [others, one] = await counted('first');
          assert.equal(one, 1);
          assert.ok(others > 0);
          const [othersOfAll, all] = await counted('all');
          assert.equal(all, 3);
          assert.equal(othersOfAll, others);
        });

        it('writes the result of each pod for JUnit and for the page of the run', async () => {
          const workFolder = mkdtempSync(path.join(tmpdir(), 'keyless-pods-junit-'));
          const junitFile = path.join(workFolder, 'pods.xml');
          const run = await proof({ pods: 'all', junitFile });
          assert.equal(run.result, 'Succeeded', text(run));
          assert.equal(readFileSync(junitFile, 'utf8').split('<testcase ').length - 1, 3);
          const failed = await proof({ pods: 'all', junitFile, secretName: 'retired' });
          assert.equal(failed.result, 'Failed');
          assert.equal(readFileSync(junitFile, 'utf8').split('<failure type="CHK044"').length - 1, 3);
          const summary = failed.attachments.find(({ type }) => type === 'Distributedtask.Core.Summary');
          assert.equal(summary?.name, 'PodSecretCheck.md');
          assert.match(summary.content.toString(), /^### 3 pods on 2 nodes: 0 passed, 3 failed\n/);
          rmSync(workFolder, { recursive: true });
        });

        it('passes through a Kubernetes service connection', async () => {
          const run = await proof({ kubernetesServiceConnection: 'cluster-conn' });
          assert.equal(run.result, 'Succeeded', text(run));
        });

        it('proves the access by a secret that does not exist', async () => {
          assert.match(text(await failsWith('CHK043', { secretName: 'nobody' })), /Access works/);
        });

        it('knows a disabled secret', async () => {
          await failsWith('CHK044', { secretName: 'retired' });
        });

        it('compares the value in the pod', async () => {
          await failsWith('CHK050', { expectedSha256: 'a'.repeat(64) });
        });
      });
    });
  });
});

function secretValue({ sandbox }: World): string {
  const subscriptions = sandbox.scenario.subscriptions.flatMap(({ resourceGroups }) => resourceGroups);
  const vault = subscriptions.flatMap(({ vaults }) => vaults).find(({ name }) => name === 'kvpwe001');
  const value = vault?.secrets.find(({ name }) => name === 'password')?.value;
  assert.ok(value);
  return value;
}
