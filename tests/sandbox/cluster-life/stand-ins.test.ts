import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { KUBELET_CLIENT_ID } from './azure-double.ts';
import { apply, deployment, exec, exitCode, readyPod, startWorld, type World } from './world.ts';

const sh = (script: string): string[] => ['sh', '-c', script];
const TOKEN =
  'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net';

describe('Pods on a host without curl and wget', () => {
  let world: World;
  let bare: string;
  let pod: V1Pod;
  let busybox: V1Pod;
  const hostPath = process.env['PATH'];
  before(async () => {
    bare = mkdtempSync(path.join(tmpdir(), 'bare-host-'));
    for (const name of ['sh', 'cat', 'grep', 'tr', 'rm', 'head']) {
      const found = (hostPath ?? '').split(path.delimiter).map((directory) => path.join(directory, name));
      const file = found.find((candidate) => existsSync(candidate));
      if (file !== undefined) symlinkSync(file, path.join(bare, name));
    }
    process.env['PATH'] = bare;
    world = await startWorld();
    process.env['PATH'] = hostPath;
    await apply(world, deployment('app'));
    pod = await readyPod(world, 'app=app');
    await apply(world, deployment('bb', { annotations: { 'sandbox.keyless-pods/tools': 'busybox' } }));
    busybox = await readyPod(world, 'app=bb');
  });
  after(async () => {
    await world.stop();
    rmSync(bare, { recursive: true });
  });

  it('curl’s stand-in takes headers from standard input and writes the status', async () => {
    const done = await exec(
      world,
      pod,
      sh(`printf 'Metadata: true\\n' | curl -sS -H @- -w '\\n%{http_code}' --max-time 5 '${TOKEN}'`),
    );
    const [body = '', status] = done.stdout.split('\n');
    assert.equal(status, '200', done.stderr);
    assert.equal((JSON.parse(body) as { client_id: string }).client_id, KUBELET_CLIENT_ID);
  });

  it('curl’s stand-in keeps the body of an error, and -o puts it into a file', async () => {
    const done = await exec(world, pod, sh(`curl -s -o answer -w '%{http_code}' '${TOKEN}'; cat answer`));
    assert.match(done.stdout, /^400\{"error":"invalid_request"/);
  });

  it('curl’s stand-in goes through the tunnel and sends what -d says', async () => {
    const script =
      'curl -sS -X PATCH -H \'content-type: application/json\' -d \'{"identity":{"userAssignedIdentities":{}}}\' https://management.azure.com/x';
    const done = await exec(world, pod, sh(script));
    assert.match(done.stdout, /provisioningState/, done.stderr);
    assert.deepEqual(world.calls.at(-1)?.body, { identity: { userAssignedIdentities: {} } });
    assert.equal(world.calls.at(-1)?.method, 'PATCH');
  });

  it('curl’s stand-in fails like curl on what it does not know and cannot reach', async () => {
    assert.equal(exitCode(await exec(world, pod, sh('curl --http3 https://management.azure.com'))), 2);
    assert.equal(exitCode(await exec(world, pod, sh('curl -s https://elsewhere.example'))), 56);
    assert.equal(exitCode(await exec(world, pod, sh(`curl -sf '${TOKEN}'`))), 22);
  });

  it('wget’s stand-in keeps an error’s body when asked to', async () => {
    const kept = await exec(world, pod, sh(`wget -q -O - --content-on-error '${TOKEN}'`));
    assert.match(kept.stdout, /^\{"error":"invalid_request"/);
    assert.equal(exitCode(kept), 8);
    const dropped = await exec(world, pod, sh(`wget -q -O - '${TOKEN}'`));
    assert.deepEqual([dropped.stdout, exitCode(dropped)], ['', 8]);
    const found = await exec(world, pod, sh(`wget -q -O - --header='Metadata: true' '${TOKEN}'`));
    assert.match(found.stdout, new RegExp(KUBELET_CLIENT_ID));
  });

  it('BusyBox’s stand-in drops an error’s body and ends with 1', async () => {
    const done = await exec(world, busybox, sh(`wget -q -O - '${TOKEN}'; echo $?`));
    assert.deepEqual([done.stdout, done.stderr], ['1\n', 'wget: server returned error: HTTP/1.1 400 Bad Request\n']);
  });
});
