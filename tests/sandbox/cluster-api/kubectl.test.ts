import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { programFile, programs } from '../../../sandbox/cluster-kubernetes/programs.ts';
import { onEachCluster } from './each-cluster.ts';
import { deployment, raw, startTestCluster, withNode, type TestCluster } from './start.ts';
import { skipLoudly } from '../../support/skip.ts';

const run = promisify(execFile);

/** This machine's, whatever its age, and the one of the control plane. */
const clients = [
  { title: 'kubectl of this machine', file: 'kubectl' },
  { title: `kubectl ${programs.kubectl.version}`, file: programFile('kubectl') },
];

for (const { title, file: program } of clients)
  onEachCluster(title, (kind) => {
    let test: TestCluster;
    let folder: string;

    before(async function () {
      if (spawnSync(program, ['version', '--client']).status !== 0) {
        skipLoudly(this, 'there is no such kubectl on this machine, so it does not judge the cluster');
      }
      test = await startTestCluster(kind, withNode);
      folder = mkdtempSync(path.join(tmpdir(), 'kubectl-test-'));
      writeFileSync(path.join(folder, 'config'), test.cluster.kubeconfig('user'), { mode: 0o600 });
    });
    after(async () => {
      // Nothing was started where kubectl is missing.
      await (test as TestCluster | undefined)?.cluster.stop();
      if ((folder as string | undefined) !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    async function kubectl(...words: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
      const environment = { PATH: process.env['PATH'], KUBECONFIG: path.join(folder, 'config'), HOME: folder };
      try {
        return { ...(await run(program, words, { env: environment })), code: 0 };
      } catch (error) {
        return error as { stdout: string; stderr: string; code: number };
      }
    }

    function file(name: string, ...documents: object[]): string {
      const place = path.join(folder, name);
      writeFileSync(place, documents.map((document) => stringify(document)).join('---\n'));
      return place;
    }

    it('sees the version of the cluster', async () => {
      const version = programs['kube-apiserver'].version.replaceAll('.', String.raw`\.`);
      assert.match((await kubectl('version')).stdout, new RegExp(`Server Version: v${version}`));
    });

    it('applies, and applies again without a change', async () => {
      const manifests = file('web.yaml', deployment('web'));
      assert.equal((await kubectl('apply', '-f', manifests)).stdout, 'deployment.apps/web created\n');
      assert.equal((await kubectl('apply', '-f', manifests)).stdout, 'deployment.apps/web unchanged\n');
    });

    it('follows a rollout and runs a command in the pod', async () => {
      assert.match(
        (await kubectl('rollout', 'status', 'deployment/web', '--timeout=10s')).stdout,
        /successfully rolled out/,
      );
      const { stdout, code } = await kubectl('exec', 'deployment/web', '--', 'sh', '-c', 'echo from-the-pod; exit 3');
      assert.deepEqual([stdout, code], ['from-the-pod\n', 3]);
    });

    it('keeps a label of somebody else through an apply', async () => {
      await kubectl('label', 'deployment', 'web', 'team=blue');
      await kubectl('apply', '-f', file('web.yaml', deployment('web', { replicas: 2 })));
      assert.equal(
        (await kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.metadata.labels.team} {.spec.replicas}')).stdout,
        'blue 2',
      );
    });

    it('refuses the v1beta1 definitions of old manifests in its own words', async () => {
      const old = {
        apiVersion: 'apiextensions.k8s.io/v1beta1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'x.example.io' },
        spec: {},
      };
      const { stderr, code } = await kubectl('apply', '-f', file('old.yaml', old));
      assert.equal(code, 1);
      assert.match(
        stderr,
        /no matches for kind "CustomResourceDefinition" in version "apiextensions\.k8s\.io\/v1beta1"/,
      );
    });

    it('finds an unknown field by the server’s strict validation', async () => {
      const { stderr, code } = await kubectl('apply', '-f', file('typo.yaml', deployment('typo', { replica: 2 })));
      assert.equal(code, 1);
      assert.match(stderr, /strict decoding error: unknown field "spec\.replica"/);
    });

    it('prints the columns of pods', async () => {
      assert.match(
        (await kubectl('get', 'pods')).stdout,
        /^NAME +READY +STATUS +RESTARTS +AGE\nweb-\S+ +1\/1 +Running/,
      );
    });

    it('is told of a conflict by server-side apply', async () => {
      await kubectl('scale', 'deployment/web', '--replicas=3');
      const { stderr, code } = await kubectl(
        'apply',
        '--server-side',
        '--field-manager=other',
        '-f',
        file('web.yaml', deployment('web', { replicas: 1 })),
      );
      assert.equal(code, 1);
      assert.match(
        stderr,
        /Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps\/v1: \.spec\.replicas/,
      );
    });

    it('deletes with everything below', async () => {
      // Newer clients say from where.
      assert.match((await kubectl('delete', 'deployment', 'web')).stdout, /^deployment\.apps "web" deleted/);
      assert.match(
        (await kubectl('wait', '--for=delete', 'pod', '-l', 'app=web', '--timeout=10s')).stdout,
        /condition met|^$/,
      );
      const { body } = await raw(test.config, '/apis/apps/v1/namespaces/default/replicasets');
      assert.deepEqual(body['items'], []);
    });

    it('every request is in the log with its caller', () => {
      const exec = test.requests.find(({ path: requested }) => requested.includes('/exec?'));
      assert.deepEqual([exec?.status, exec?.caller, exec?.server], [101, 'masterclient', 'cluster:aks-test']);
    });
  });
