import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Exec, Log, type V1Pod } from '@kubernetes/client-node';
import { WebSocket } from 'ws';
import { skipLoudly } from '../../support/skip.ts';
import { KUBELET_CLIENT_ID } from './azure-double.ts';
import { apply, deployment, eventually, exec, exitCode, readyPod, startWorld, type World } from './world.ts';

const sh = (script: string): string[] => ['sh', '-c', script];

describe('Commands in pods', () => {
  let world: World;
  let pod: V1Pod;
  before(async () => {
    process.env['CANARY_OF_THE_HOST'] = 'must not be seen';
    world = await startWorld();
    const env = [
      { name: 'GREETING', value: 'hello' },
      { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'BOTH', value: '$(GREETING) from $(NODE)' },
    ];
    const containers = [{ name: 'app', image: 'example.azurecr.io/app:1', env }];
    await apply(world, deployment('app', { spec: { containers, nodeSelector: { disk: 'ssd' } } }));
    pod = await readyPod(world, 'app=app');
  });
  after(async () => {
    delete process.env['CANARY_OF_THE_HOST'];
    await world.stop();
  });

  it('streams and exit code come back', async () => {
    const done = await exec(world, pod, sh('echo out; echo err >&2; exit 3'));
    assert.deepEqual([done.stdout, done.stderr, exitCode(done)], ['out\n', 'err\n', 3]);
    assert.equal(done.status.reason, 'NonZeroExitCode');
    assert.match(done.status.message ?? '', /^command terminated with non-zero exit code: .*exit code 3$/);
  });

  it('standard input arrives and ends', async () => {
    const done = await exec(world, pod, ['cat'], { stdin: 'first\nsecond\n' });
    assert.deepEqual([done.stdout, exitCode(done)], ['first\nsecond\n', 0]);
  });

  it('a megabyte comes through whole', async () => {
    const done = await exec(world, pod, sh('head -c 1048576 /dev/zero | tr "\\0" x'));
    assert.equal(done.stdout.length, 1_048_576);
  });

  it('the environment is what the pod says, and nothing of the host', async () => {
    const done = await exec(world, pod, ['env']);
    const env = Object.fromEntries(
      done.stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
    assert.equal(env['BOTH'], 'hello from node-0');
    assert.equal(env['HOSTNAME'], pod.metadata?.name);
    assert.match(env['https_proxy'] ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(env['CANARY_OF_THE_HOST'], undefined);
    assert.equal(env['USER'], undefined);
  });

  it('the path holds sh and curl, not node and not jq', async () => {
    const found = await exec(
      world,
      pod,
      sh('command -v sh curl wget >/dev/null && ! command -v node && ! command -v jq'),
    );
    assert.equal(exitCode(found), 0);
  });

  it('the working directory is the pod’s own and stays from command to command', async () => {
    assert.equal(exitCode(await exec(world, pod, sh('echo kept > note'))), 0);
    assert.equal((await exec(world, pod, ['cat', 'note'])).stdout, 'kept\n');
  });

  it('curl reads the instance metadata through the pod’s own gateway, header from standard input', async () => {
    const url =
      'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net';
    const done = await exec(
      world,
      pod,
      sh(`printf 'Metadata: true\\n' | curl -sS -H @- -w '\\n%{http_code}' '${url}'`),
    );
    const [body = '', status] = done.stdout.split('\n');
    assert.equal(status, '200');
    assert.equal((JSON.parse(body) as { client_id: string }).client_id, KUBELET_CLIENT_ID);
  });

  it('curl trusts the sandbox’s certificates under Azure’s real names', async () => {
    const done = await exec(world, pod, sh("curl -sS -o /dev/null -w '%{http_code}' https://management.azure.com/x"));
    assert.deepEqual([done.stdout, done.stderr], ['200', '']);
  });

  it('wget gets there, too', async () => {
    const done = await exec(
      world,
      pod,
      sh(
        'wget -q -O - https://management.azure.com/x && wget -q -O - --header "Metadata: true" http://169.254.169.254/metadata/instance',
      ),
    );
    assert.equal(exitCode(done), 0, done.stderr);
    assert.match(done.stdout, /provisioningState.*vmScaleSetName/s);
  });

  const standIn = async (tools: string): Promise<V1Pod> => {
    const name = `tools-${tools.replaceAll(',', '-')}`;
    await apply(world, deployment(name, { annotations: { 'sandbox.keyless-pods/tools': tools } }));
    return readyPod(world, `app=${name}`);
  };

  it('a pod without curl has only wget', async () => {
    const only = await standIn('wget');
    assert.equal(exitCode(await exec(world, only, sh('command -v wget && ! command -v curl'))), 0);
    assert.equal(exitCode(await exec(world, only, sh('curl --version'))), 127);
  });

  it('an image without a shell refuses as containerd does', async () => {
    const bare = await standIn('none');
    const done = await exec(world, bare, sh('true'));
    assert.equal(done.status.reason, 'InternalError');
    assert.match(
      done.status.message ?? '',
      /OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in \$PATH: unknown$/,
    );
  });

  it('a BusyBox pod has sh and wget', async () => {
    const busybox = await standIn('busybox');
    const done = await exec(
      world,
      busybox,
      sh("wget -q -O - --header 'Metadata: true' http://169.254.169.254/metadata/instance"),
    );
    assert.match(done.stdout, /vmScaleSetName/, done.stderr);
  });

  it('a path of the host is not a program of the pod', async () => {
    const done = await exec(world, pod, [process.execPath, '--version']);
    assert.match(done.status.message ?? '', /no such file or directory: unknown$/);
    assert.equal((await exec(world, pod, ['/bin/sh', '-c', 'echo yes'])).stdout, 'yes\n');
  });

  it('closing the connection ends the command and all that it started', async () => {
    const url = new URL(world.config.getCurrentCluster()?.server ?? '');
    const { namespace, name } = { namespace: 'default', name: pod.metadata?.name ?? '' };
    const query = sh('sleep 300 & echo $! > child; wait')
      .map((word) => `command=${encodeURIComponent(word)}`)
      .join('&');
    const options: { ca?: string; cert?: string; key?: string } = {};
    await world.config.applyToHTTPSOptions(options);
    const address = `wss://${url.host}/api/v1/namespaces/${namespace}/pods/${name}/exec?stdout=true&${query}`;
    const socket = new WebSocket(address, ['v4.channel.k8s.io'], options);
    const child = await eventually(async () => {
      const { stdout } = await exec(world, pod, sh('cat child 2>/dev/null'));
      assert.match(stdout, /^\d+\n$/);
      return Number(stdout);
    });
    assert.equal(socket.protocol, 'v4.channel.k8s.io');
    process.kill(child, 0);
    socket.close();
    await eventually(() => {
      assert.throws(() => process.kill(child, 0), { code: 'ESRCH' });
    });
  });

  const refusedUpgrade = async (name: string, container: string): Promise<string> => {
    try {
      await new Exec(world.config).exec('default', name, container, ['true'], null, process.stderr, null, false);
      return 'accepted';
    } catch (error) {
      return (error as { message?: string }).message ?? String(error);
    }
  };

  it('a wrong container and an unknown pod are refused before the upgrade', async () => {
    assert.match(await refusedUpgrade(pod.metadata?.name ?? '', 'other'), /400/);
    assert.match(await refusedUpgrade('nobody', 'app'), /404/);
  });

  it('a container that does not run takes no commands', async () => {
    await apply(world, deployment('broken', { annotations: { 'sandbox.keyless-pods/fault': 'ImagePullBackOff' } }));
    const { metadata } = await eventually(async () => {
      const { items } = await world.core.listNamespacedPod({ namespace: 'default', labelSelector: 'app=broken' });
      assert.ok(items[0]?.status?.containerStatuses?.[0]?.state?.waiting);
      return items[0];
    });
    assert.match(await refusedUpgrade(metadata?.name ?? '', 'broken'), /500/);
  });

  it('a command ends when its pod goes', async () => {
    await apply(world, deployment('short', { replicas: 1 }));
    const short = await readyPod(world, 'app=short');
    const running = exec(world, short, sh('sleep 300'));
    await sleep(300);
    await world.apps.deleteNamespacedDeployment({ name: 'short', namespace: 'default' });
    assert.equal(exitCode(await running), 137);
  });

  describe('and their logs', () => {
    const read = async (options: object = {}): Promise<string> =>
      world.core.readNamespacedPodLog({ namespace: 'default', name: pod.metadata?.name ?? '', ...options });

    it('a container says that it started', async () => {
      assert.match(
        await read(),
        /^sandbox: container app started; image example\.azurecr\.io\/app:1 itself is not run\n$/,
      );
    });

    it('timestamps, tail and since are honoured', async () => {
      assert.match(await read({ timestamps: true }), /^\d{4}-\d\d-\d\dT[\d:.]{18}Z sandbox: /);
      assert.equal(await read({ tailLines: 0 }), '');
      await sleep(1100);
      assert.equal(await read({ sinceSeconds: 1 }), '');
    });

    it('there is no log of a run before the first', async () => {
      await assert.rejects(read({ previous: true }), /previous terminated container .* in pod .* not found/);
    });

    it('a follower sees the log until the pod goes', async () => {
      await apply(world, deployment('followed'));
      const followed = await readyPod(world, 'app=followed');
      const stream = new PassThrough();
      const name = followed.metadata?.name ?? '';
      await new Log(world.config).log('default', name, 'followed', stream, { follow: true });
      const seen: string[] = [];
      stream.on('data', (chunk: Buffer) => seen.push(chunk.toString()));
      const ended = once(stream, 'end');
      await eventually(() => {
        assert.match(seen.join(''), /container followed started/);
      });
      assert.equal(stream.readableEnded, false);
      await world.apps.deleteNamespacedDeployment({ name: 'followed', namespace: 'default' });
      await ended;
    });

    it('a wrong container is refused', async () => {
      await assert.rejects(read({ container: 'other' }), /container other is not valid for pod/);
    });
  });

  describe('by kubectl', () => {
    let directory: string;
    before(function () {
      try {
        const version = JSON.parse(
          execFileSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' }),
        ) as {
          clientVersion: { minor: string };
        };
        if (Number.parseInt(version.clientVersion.minor, 10) < 31)
          skipLoudly(this, 'kubectl is older than 1.31 and execs over SPDY');
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') skipLoudly(this, 'there is no kubectl on this machine');
        throw error;
      }
      directory = mkdtempSync(path.join(tmpdir(), 'kubectl-test-'));
      writeFileSync(path.join(directory, 'config'), world.cluster.kubeconfig('admin'), { mode: 0o600 });
    });
    after(() => {
      if (directory) rmSync(directory, { recursive: true });
    });

    const kubectl = async (
      words: readonly string[],
      input = '',
    ): Promise<{ stdout: string; stderr: string; status: number | null }> => {
      const child = spawn('kubectl', ['--kubeconfig', path.join(directory, 'config'), ...words]);
      const chunks: { out: string; err: string } = { out: '', err: '' };
      child.stdout.on('data', (data: Buffer) => (chunks.out += data.toString()));
      child.stderr.on('data', (data: Buffer) => (chunks.err += data.toString()));
      child.stdin.end(input);
      const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
      return { stdout: chunks.out, stderr: chunks.err, status };
    };

    it('exec gives the exit code, and standard input ends', async () => {
      const name = pod.metadata?.name ?? '';
      const done = await kubectl(['exec', '-i', name, '--', 'sh', '-c', 'cat; exit 5'], 'piped');
      assert.deepEqual([done.stdout, done.status], ['piped', 5], done.stderr);
    });

    it('logs and rollout status work', async () => {
      assert.match((await kubectl(['logs', 'deploy/app'])).stdout, /container app started/);
      const rollout = await kubectl(['rollout', 'status', 'deploy/app', '--timeout=5s']);
      assert.match(rollout.stdout, /deployment "app" successfully rolled out/, rollout.stderr);
    });
  });
});
