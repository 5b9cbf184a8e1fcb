/** Pods from a client's side: commands in them, their logs, and what can still be added to them. */
import assert from 'node:assert/strict';
import { CoreV1Api, Exec, type V1Status } from '@kubernetes/client-node';
import { PassThrough, Readable } from 'node:stream';
import { onEachCluster } from './each-cluster.ts';
import { eventually, get, objectsOf, pod, raw, startTestCluster, withNode, type TestCluster } from './start.ts';

const POD = '/api/v1/namespaces/default/pods/runner';

onEachCluster('Pods', (kind) => {
  let test: TestCluster;

  before(async () => {
    test = await startTestCluster(kind, withNode);
    const containers = ['main', 'side'].map((name) => ({ name, image: 'busybox:1.37' }));
    await objectsOf(test.config).create(pod('runner', { containers, terminationGracePeriodSeconds: 0 }));
    const core = test.config.makeApiClient(CoreV1Api);
    await eventually(
      () => core.readNamespacedPod({ namespace: 'default', name: 'runner' }),
      ({ status }) => status?.phase === 'Running',
    );
  });
  after(() => (test as TestCluster | undefined)?.cluster.stop());

  interface Ran {
    readonly out: string;
    readonly err: string;
    readonly status: V1Status;
  }

  async function exec(command: string[], stdin?: string, container = 'main'): Promise<Ran> {
    const streams = { out: new PassThrough(), err: new PassThrough() };
    const text = { out: '', err: '' };
    for (const name of ['out', 'err'] as const) {
      streams[name].on('data', (chunk: Buffer) => (text[name] += chunk.toString()));
    }
    const input = stdin === undefined ? null : Readable.from([stdin]);
    const status = await new Promise<V1Status>((resolve, reject) => {
      new Exec(test.config)
        .exec('default', 'runner', container, command, streams.out, streams.err, input, false, resolve)
        .catch(reject);
    });
    return { ...text, status };
  }

  it('a command’s two outputs stay apart', async () => {
    const { out, err, status } = await exec(['sh', '-c', 'echo one; echo two >&2']);
    assert.deepEqual([out, err, status.status], ['one\n', 'two\n', 'Success']);
  });

  for (const code of [1, 3, 127, 255]) {
    it(`the exit code ${String(code)} arrives as a cause`, async () => {
      const { status } = await exec(['sh', '-c', `exit ${String(code)}`]);
      assert.deepEqual([status.status, status.reason], ['Failure', 'NonZeroExitCode']);
      assert.deepEqual(status.details?.causes, [{ reason: 'ExitCode', message: String(code) }]);
    });
  }

  it('a command reads its input to the end', async () => {
    const { out, status } = await exec(['sh', '-c', 'cat; echo ended'], 'a line\nand a half');
    assert.deepEqual([out, status.status], ['a line\nand a halfended\n', 'Success']);
  });

  it('a megabyte goes in and comes out', async () => {
    const much = 'x'.repeat(1_000_000);
    const { out } = await exec(['cat'], much);
    assert.equal(out.length, much.length);
  });

  it('words of a command are not taken apart', async () => {
    const { out } = await exec(['printf', '%s|', 'a b', '$HOME', "it's", '', 'é&?=+']);
    assert.equal(out, "a b|$HOME|it's||é&?=+|");
  });

  it('a program that is not there is an internal error', async () => {
    const { status } = await exec(['no-such-program']);
    assert.deepEqual([status.status, status.reason], ['Failure', 'InternalError']);
    assert.match(status.message ?? '', /executable file not found in \$PATH/);
  });

  it('a container that the pod does not have is refused', async () => {
    await assert.rejects(exec(['true'], undefined, 'other'), (error) =>
      String((error as { message?: string }).message).includes('400'),
    );
  });

  it('a pod of two containers has to be told which', async () => {
    const { status, body } = await raw(test.config, `${POD}/log`);
    assert.deepEqual([status, body['reason']], [400, 'BadRequest']);
    assert.equal(body['message'], 'a container name must be specified for pod runner, choose one of: [main side]');
  });

  it('the log of a container that the pod does not have is refused', async () => {
    const { status, body } = await raw(test.config, `${POD}/log?container=other`);
    assert.deepEqual([status, body['message']], [400, 'container other is not valid for pod runner']);
  });

  it('a log is text, with the time where it is asked for', async () => {
    const plain = await raw(test.config, `${POD}/log?container=main`);
    assert.deepEqual([plain.status, plain.headers['content-type']], [200, 'text/plain']);
    const timed = await raw(test.config, `${POD}/log?container=main&timestamps=true`);
    assert.match(timed.text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z /);
    assert.ok(timed.text.includes(plain.text.trim()));
  });

  it('limitBytes and tailLines cut a log', async () => {
    assert.equal((await raw(test.config, `${POD}/log?container=main&limitBytes=5`)).text.length, 5);
    assert.equal((await raw(test.config, `${POD}/log?container=main&tailLines=0`)).text, '');
  });

  it('wrong log options are refused with their fields', async () => {
    const { status, body } = await raw(test.config, `${POD}/log?container=main&tailLines=-1`);
    assert.deepEqual([status, body['reason']], [422, 'Invalid']);
    assert.match(
      String(body['message']),
      /^PodLogOptions "runner" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0$/,
    );
  });

  it('there is no log of a run before', async () => {
    const { status, body } = await raw(test.config, `${POD}/log?container=main&previous=true`);
    assert.deepEqual([status, body['reason']], [400, 'BadRequest']);
    assert.match(String(body['message']), /previous terminated container "main" in pod "runner" not found/);
  });

  it('a pod that is not there has neither log nor exec', async () => {
    for (const below of ['log', 'exec?command=a&stdout=1']) {
      const { status, body } = await raw(test.config, `/api/v1/namespaces/default/pods/none/${below}`);
      assert.deepEqual([status, body['message']], [404, 'pods "none" not found'], below);
    }
  });

  it('the image of a running pod may change, its container’s name may not', async () => {
    const change = (container: object): ReturnType<typeof raw> =>
      raw(test.config, POD, {
        method: 'PATCH',
        type: 'application/json-patch+json',
        body: [{ op: 'replace', path: '/spec/containers/1/image', value: 'busybox:1.36' }, container],
      });
    const good = await change({ op: 'test', path: '/spec/containers/1/name', value: 'side' });
    assert.equal(get(good.body, 'spec', 'containers', 1, 'image'), 'busybox:1.36');
    const bad = await change({ op: 'replace', path: '/spec/containers/1/name', value: 'else' });
    assert.deepEqual([bad.status, bad.body['reason']], [422, 'Invalid']);
    assert.match(String(bad.body['message']), /pod updates may not change fields other than/);
  });

  it('the quality of service is decided at the creation', async () => {
    const limits = { cpu: '100m', memory: '64Mi' };
    const containers = [{ name: 'main', image: 'x', resources: { limits } }];
    const made = await objectsOf(test.config).create(pod('guaranteed', { containers }));
    assert.equal(get(made, 'status', 'qosClass'), 'Guaranteed');
    assert.deepEqual(get(made, 'spec', 'containers', 0, 'resources', 'requests'), limits);
    const { status, body } = await raw(test.config, '/api/v1/namespaces/default/pods/guaranteed/status', {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: { status: { qosClass: 'BestEffort' } },
    });
    assert.deepEqual([status, body['reason']], [422, 'Invalid']);
    assert.match(String(body['message']), /status\.qosClass: Invalid value: "BestEffort": field is immutable/);
  });

  it('an ephemeral container is added through its subresource only', async () => {
    const debug = { name: 'debug', image: 'busybox:1.37', targetContainerName: 'main' };
    const patch = (below: string): ReturnType<typeof raw> =>
      raw(test.config, `${POD}${below}`, {
        method: 'PATCH',
        type: 'application/strategic-merge-patch+json',
        body: { spec: { ephemeralContainers: [debug] } },
      });
    const refused = await patch('');
    assert.deepEqual([refused.status, refused.body['reason']], [422, 'Invalid']);
    const made = await patch('/ephemeralcontainers');
    assert.equal(made.status, 200, made.text);
    assert.equal(get(made.body, 'spec', 'ephemeralContainers', 0, 'name'), 'debug');
    assert.equal(get(made.body, 'spec', 'ephemeralContainers', 0, 'terminationMessagePolicy'), 'File');
  });

  it('a second ephemeral container stands before the first', async () => {
    const { body } = await raw(test.config, `${POD}/ephemeralcontainers`, {
      method: 'PATCH',
      type: 'application/strategic-merge-patch+json',
      body: { spec: { ephemeralContainers: [{ name: 'second', image: 'busybox:1.37' }] } },
    });
    const containers = get(body, 'spec', 'ephemeralContainers') as { name: string }[];
    assert.deepEqual(
      containers.map(({ name }) => name),
      ['second', 'debug'],
    );
  });

  it('a deleted pod goes', async () => {
    const { status } = await raw(test.config, POD, { method: 'DELETE' });
    assert.equal(status, 200);
    await eventually(
      async () => (await raw(test.config, POD)).status,
      (code) => code === 404,
    );
  });
});
