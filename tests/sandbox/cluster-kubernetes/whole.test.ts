/** A real control plane as the sandbox's cluster: what runs in its pods, who may run it, and how it ends. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CoreV1Api, Exec, type KubeConfig, type V1Status } from '@kubernetes/client-node';
import { pathToFileURL } from 'node:url';
import { PassThrough, Readable } from 'node:stream';
import { clusterPrograms, missingPrograms } from '../../../sandbox/cluster-kubernetes/programs.ts';
import { skipLoudly } from '../../support/skip.ts';
import {
  deployment,
  eventually,
  objectsOf,
  refusal,
  startTestCluster,
  withNode,
  type TestCluster,
} from '../cluster-api/start.ts';

const root = path.resolve(import.meta.dirname, '../../..');

describe('A real control plane', function () {
  this.timeout(90_000);
  let test: TestCluster;
  let pod: string;

  before(async function () {
    if (missingPrograms(clusterPrograms).length > 0) {
      skipLoudly(this, 'no real control plane is there: npm run controlplane builds it');
    }
    test = await startTestCluster('kubernetes', withNode);
    await objectsOf(test.config).create(deployment('web'));
    const core = test.config.makeApiClient(CoreV1Api);
    const { items } = await eventually(
      () => core.listNamespacedPod({ namespace: 'default', labelSelector: 'app=web' }),
      (list) => list.items.some(({ status }) => status?.phase === 'Running'),
    );
    pod = items[0]?.metadata?.name ?? '';
  });
  after(() => (test as TestCluster | undefined)?.cluster.stop());

  async function inPod(config: KubeConfig, script: string, stdin?: string): Promise<{ out: string; status: V1Status }> {
    const out = new PassThrough();
    let text = '';
    out.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const input = stdin === undefined ? null : Readable.from([stdin]);
    const status = await new Promise<V1Status>((resolve, reject) => {
      const command = ['sh', '-c', script];
      new Exec(config).exec('default', pod, 'main', command, out, null, input, false, resolve).catch(reject);
    });
    return { out: text, status };
  }

  it('runs a command in a pod, with its input and its exit code', async () => {
    const { out, status } = await inPod(test.config, 'cat; hostname; exit 3', 'from outside\n');
    assert.equal(out.split('\n')[0], 'from outside');
    assert.equal(status.reason, 'NonZeroExitCode');
    assert.deepEqual(status.details?.causes, [{ reason: 'ExitCode', message: '3' }]);
  });

  it('gives a command the way to the sandbox, and nothing of the host', async () => {
    const { out } = await inPod(test.config, 'env');
    const names = out.split('\n').map((line) => line.split('=')[0]);
    assert.ok(names.includes('https_proxy') && names.includes('CURL_CA_BUNDLE'), out);
    assert.ok(!names.includes('KEYLESS_PODS_SKIPS') && !names.includes('npm_lifecycle_event'), out);
  });

  it('runs nothing for who may not exec', async () => {
    const stranger = await test.asServiceAccount('stranger');
    await assert.rejects(inPod(stranger, 'echo never'), (error) =>
      String((error as { message?: string }).message).includes('403'),
    );
    const exec = test.requests.findLast(({ path: requested }) => requested.includes('/exec?'));
    assert.deepEqual([exec?.status, exec?.caller], [403, 'system:serviceaccount:default:stranger']);
  });

  it('serves the nodes to the API server alone', async () => {
    const { items } = await test.config.makeApiClient(CoreV1Api).listNode();
    const port = items[0]!.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 0;
    const asked = (config: KubeConfig): Promise<number> => statusOf(port, `/containerLogs/default/${pod}/main`, config);
    assert.equal(await asked(test.config), 403);
    await assert.rejects(
      asked(await test.asServiceAccount('stranger')),
      /certificate required|ECONNRESET|socket hang up/,
    );
  });

  it('does not believe a client that says who it is', async () => {
    const stranger = await test.asServiceAccount('stranger');
    const options: https.RequestOptions = { headers: { 'x-remote-user': 'me', 'x-remote-group': 'system:masters' } };
    await stranger.applyToHTTPSOptions(options);
    const server = new URL(test.cluster.server);
    const request = https.get(new URL('/api/v1/secrets', server), options);
    const [answer] = (await once(request, 'response')) as [{ statusCode: number; resume: () => void }];
    answer.resume();
    assert.equal(answer.statusCode, 403);
  });

  it('gives a node the id of its scale set instance, and keeps it ready without heartbeats', async () => {
    const { items } = await test.config.makeApiClient(CoreV1Api).listNode();
    assert.match(
      items[0]?.spec?.providerID ?? '',
      /\/virtualMachineScaleSets\/aks-agentpool-1-vmss\/virtualMachines\/0$/,
    );
    assert.equal(items[0]?.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
  });

  it('refuses what a scenario has wrong, by the object’s name, and leaves nothing running', async () => {
    const wrong = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'odd', namespace: 'default' }, dat: {} };
    await assert.rejects(
      startTestCluster('kubernetes', { objects: [wrong] }),
      /The scenario's ConfigMap odd is refused: .*unknown field "dat"/,
    );
  });

  it('knows nobody without credentials', async () => {
    const nobody = test.config.makeApiClient(CoreV1Api);
    await assert.rejects(
      nobody.readNamespacedSecret({ namespace: 'default', name: 'none' }),
      refusal(404, 'secrets "none" not found'),
    );
    const { port } = new URL(test.cluster.server);
    assert.equal(await statusOf(Number(port), '/api'), 401);
  });

  async function statusOf(port: number, requested: string, config?: KubeConfig): Promise<number> {
    const options: https.RequestOptions = { host: 'localhost', port, path: requested, ca: test.caPem };
    if (config) await config.applyToHTTPSOptions(options);
    const request = https.get({ ...options, ca: test.caPem });
    const [answer] = (await once(request, 'response')) as [{ statusCode: number; resume: () => void }];
    answer.resume();
    return answer.statusCode;
  }
});

describe('The end of a real control plane', function () {
  this.timeout(120_000);
  let scratch: string;

  before(function () {
    if (missingPrograms(clusterPrograms).length > 0) {
      skipLoudly(this, 'no real control plane is there: npm run controlplane builds it');
    }
    scratch = mkdtempSync(path.join(tmpdir(), 'keyless-pods-end-'));
  });
  after(() => {
    if ((scratch as string | undefined) !== undefined) rmSync(scratch, { recursive: true, force: true });
  });

  async function started(): Promise<ChildProcess> {
    const main = path.join(root, 'sandbox/main.ts');
    const tsx = pathToFileURL(path.join(root, 'node_modules/tsx/dist/loader.mjs')).href;
    const child = spawn(process.execPath, ['--import', tsx, main, '--cluster', 'kubernetes'], {
      cwd: scratch,
      env: { ...process.env, TMPDIR: scratch },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await eventually(
      () => Promise.resolve(said),
      (text) => text.includes('The sandbox runs'),
    );
    return child;
  }

  /** Programs whose command line names a folder below `scratch`. */
  function running(): string[] {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((entry) => {
        try {
          return [readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').join(' ')];
        } catch {
          return [];
        }
      })
      .filter((line) => line.includes(scratch));
  }

  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    it(`leaves no program and no file behind after ${signal}`, async function () {
      if (!existsSync('/proc/self/cmdline')) skipLoudly(this, 'this machine has no /proc to look for programs in');
      const child = await started();
      assert.ok(
        running().some((line) => line.includes('kube-apiserver')),
        'the API server runs',
      );
      child.kill(signal);
      await eventually(
        () => Promise.resolve(running()),
        (lines) => lines.length === 0,
      );
      const left = readdirSync(scratch).filter((name) => name.startsWith('keyless-pods-control-plane-'));
      assert.deepEqual(left, []);
    });
  }
});
