import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { faultIntercept, parseFaults } from '../../../sandbox/kit/faults.ts';
import { startTestEdge, type TestEdge } from './start.ts';
import { skipLoudly } from '../../support/skip.ts';

const run = promisify(execFile);

/** Whether the host has the program; the suite says so where it has not. */
async function has(program: string): Promise<boolean> {
  return run(program, ['--help']).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code !== 'ENOENT',
  );
}

describe('the sandbox proxy', () => {
  let edge: TestEdge;
  let folder: string;
  let caFile: string;
  before(async () => {
    edge = await startTestEdge();
    folder = await mkdtemp(path.join(os.tmpdir(), 'edge-'));
    caFile = path.join(folder, 'ca.pem');
    await writeFile(caFile, edge.authority.caPem);
  });
  after(async () => {
    await edge.stop();
    await rm(folder, { recursive: true });
  });
  const environment = (): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    https_proxy: edge.addresses.proxy,
    http_proxy: edge.addresses.proxy,
    no_proxy: '',
  });
  const port = (): number => Number(new URL(edge.addresses.proxy).port);
  /** A request line as a client writes it, over a bare connection. */
  const raw = async (lines: readonly string[], halfClose = false): Promise<string> => {
    const socket = net.connect({ port: port(), host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    socket.write([...lines, '', ''].join('\r\n'));
    if (halfClose) socket.end();
    const answer = await text(socket);
    socket.destroy();
    return answer;
  };

  it("leads Azure's names to their servers, seen by curl", async function () {
    if (!(await has('curl'))) skipLoudly(this, 'there is no curl on this machine');
    const curl = async (url: string): Promise<Record<string, unknown>> => {
      const { stdout } = await run('curl', ['--silent', '--show-error', '--cacert', caFile, url], {
        env: environment(),
      });
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    assert.equal(
      (await curl('https://management.azure.com/subscriptions?api-version=1'))['path'],
      '/subscriptions?api-version=1',
    );
    const vault = await curl('https://kvpwe001.vault.azure.net//secrets/password');
    assert.deepEqual(
      [vault['server'], vault['host'], vault['path']],
      ['keyVault', 'kvpwe001.vault.azure.net', '//secrets/password'],
    );
    const entra = await curl(
      `https://login.microsoftonline.com/${edge.tenantId}/v2.0/.well-known/openid-configuration`,
    );
    assert.equal(entra['token_endpoint'], `https://login.microsoftonline.com/${edge.tenantId}/oauth2/v2.0/token`);
    assert.match(JSON.stringify(await curl('https://graph.microsoft.com/v1.0/me')), /"server":"graph"/);
    assert.equal((await curl(`${edge.addresses.resourceManager}/x`))['server'], 'resourceManager');
    assert.equal((await curl('http://169.254.169.254/metadata/instance'))['node'], '/metadata/instance');
  });

  it("leads Azure's names to their servers, seen by wget", async function () {
    if (!(await has('wget'))) skipLoudly(this, 'there is no wget on this machine');
    const wget = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
      const { stdout } = await run('wget', ['-q', '-O', '-', ...args], { env: environment() });
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    const secret = await wget(
      `--ca-certificate=${caFile}`,
      '--header=Authorization: Bearer t',
      'https://kvpwe001.vault.azure.net/secrets/password',
    );
    assert.equal(secret['authorization'], 'Bearer t');
    const metadata = await wget(
      '--header=Metadata: true',
      'http://169.254.169.254/metadata/identity/oauth2/token?resource=r',
    );
    assert.equal((metadata['headers'] as Record<string, string>)['metadata'], 'true');
    assert.equal(metadata['node'], '/metadata/identity/oauth2/token?resource=r');
  });

  it("serves BusyBox wget's GET https://... without CONNECT, its connection half closed", async () => {
    const answer = await raw(
      [
        'GET https://kvpwe001.vault.azure.net//secrets/password?api-version=7.4 HTTP/1.1',
        'Host: kvpwe001.vault.azure.net',
        'Authorization: Bearer t',
        'Connection: close',
      ],
      true,
    );
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.match(
      answer,
      /"host":"kvpwe001\.vault\.azure\.net","path":"\/\/secrets\/password\?api-version=7\.4","authorization":"Bearer t"/,
    );
  });

  it('serves BusyBox wget itself', async function () {
    if (!(await has('busybox'))) skipLoudly(this, 'there is no busybox on this machine');
    const url = 'https://kvpwe001.vault.azure.net/secrets/password';
    const { stdout } = await run('busybox', ['wget', '-q', '-O', '-', url], { env: environment() });
    assert.match(stdout, /"server":"keyVault"/);
  });

  it('keeps a tunnel open in the other direction when the client closes its half', async () => {
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      // Not text(): it destroys the socket once it has read to the end.
      let asked = '';
      socket.on('data', (chunk: Buffer) => (asked += chunk.toString()));
      socket.on('end', () => socket.end(`heard ${asked}`));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const target = (server.address() as net.AddressInfo).port;
    edge.admit(target, false);
    const socket = net.connect({ port: port(), host: '127.0.0.1', allowHalfOpen: true });
    socket.write(`CONNECT localhost:${String(target)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const [established] = (await once(socket, 'data')) as [Buffer];
    assert.match(established.toString(), /^HTTP\/1\.1 200 /);
    socket.end('hello');
    const heard = await text(socket);
    server.close();
    assert.equal(heard, 'heard hello');
  });

  it('carries TLS with the name that the client asked for', async () => {
    const socket = net.connect(port(), '127.0.0.1');
    socket.write('CONNECT kvpwe001.vault.azure.net:443 HTTP/1.1\r\nHost: kvpwe001.vault.azure.net:443\r\n\r\n');
    await once(socket, 'data');
    const secure = tls.connect({ socket, servername: 'kvpwe001.vault.azure.net', ca: edge.authority.caPem });
    await once(secure, 'secureConnect');
    assert.equal(secure.authorized, true);
    secure.destroy();
  });

  it('refuses every other host with 502, so that nothing leaves the machine', async () => {
    const foreign = [
      'example.com:443',
      'management.azure.com:8443',
      '169.254.169.254:443',
      'localhost:1',
      'vault.azure.net:443',
      '[::1]:443',
    ];
    for (const target of foreign) {
      assert.match(await raw([`CONNECT ${target} HTTP/1.1`, `Host: ${target}`]), /^HTTP\/1\.1 502 /, target);
    }
    for (const url of [
      'http://example.com/',
      'https://example.com/',
      'http://management.azure.com/',
      'https://169.254.169.254/',
      'http://a.b.vault.azure.net/',
    ]) {
      const answer = await raw([`GET ${url} HTTP/1.1`, 'Host: x', 'Connection: close']);
      assert.match(answer, /^HTTP\/1\.1 502 /, url);
      assert.match(answer, /nothing leaves this machine/);
    }
  });

  it('lets faults strike tunnels, too', async () => {
    const faulty = await startTestEdge({
      intercept: faultIntercept(
        parseFaults('faults: [{server: proxy, method: CONNECT, times: 1, answer: {status: 503}}]'),
      ),
    });
    const ask = async (): Promise<string> => {
      const socket = net.connect(Number(new URL(faulty.addresses.proxy).port), '127.0.0.1');
      socket.write('CONNECT management.azure.com:443 HTTP/1.1\r\nHost: management.azure.com\r\n\r\n');
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return answer.toString().slice(0, 12);
    };
    assert.deepEqual([await ask(), await ask()], ['HTTP/1.1 503', 'HTTP/1.1 200']);
    await faulty.stop();
  });

  it('carries a large answer whole through a tunnel whose server closes at once', async () => {
    const size = 3_000_000;
    const server = net.createServer((socket) => socket.end(Buffer.alloc(size, 'x')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const target = (server.address() as net.AddressInfo).port;
    edge.admit(target, false);
    const answer = await raw([`CONNECT localhost:${String(target)} HTTP/1.1`, 'Host: localhost']);
    server.close();
    assert.equal(answer.split('\r\n\r\n')[1]?.length, size);
  });

  it('logs tunnels and requests with their status', async () => {
    edge.requests.clear();
    await raw(['CONNECT example.com:443 HTTP/1.1', 'Host: example.com:443']);
    await raw(['GET http://169.254.169.254/metadata/x HTTP/1.1', 'Host: 169.254.169.254', 'Connection: close']);
    const seen = edge.requests.all().filter(({ server }) => server === 'proxy');
    assert.deepEqual(
      seen.map(({ method, path: asked, status }) => [method, asked, status]),
      [
        ['CONNECT', 'example.com:443', 502],
        ['GET', 'http://169.254.169.254/metadata/x', 200],
      ],
    );
    const log = (await (await fetch(`${edge.addresses.proxy}/_sandbox/requests`)).json()) as { requests: unknown[] };
    assert.equal(log.requests.length, 2);
  });

  it('opens a gateway for one pod, whose metadata requests are its own', async () => {
    const gateway = await edge.openPodGateway({
      name: 'default/aks-helloworld-1',
      address: '10.244.0.7',
      metadata: (request) => Promise.resolve({ status: 403, body: `no identity for ${request.path}` }),
    });
    const request = http.get({
      host: '127.0.0.1',
      port: new URL(gateway.url).port,
      path: 'http://169.254.169.254/metadata/t',
      agent: false,
    });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    assert.equal(response.statusCode, 403);
    assert.equal(await text(response), 'no identity for /metadata/t');
    assert.equal(edge.requests.all().at(-1)?.caller, 'default/aks-helloworld-1');
    await gateway.close();
  });

  it('asks for a user and a password where it is told to', async () => {
    const guarded = await startTestEdge({ proxyCredentials: { username: 'agent', password: 'p:w' } });
    const ask = async (authorization?: string): Promise<number> => {
      const request = http.get({
        host: '127.0.0.1',
        port: new URL(guarded.addresses.proxy).port,
        path: 'http://169.254.169.254/metadata/t',
        headers: authorization === undefined ? {} : { 'proxy-authorization': authorization },
        agent: false,
      });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      response.resume();
      return response.statusCode!;
    };
    const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;
    assert.deepEqual([await ask(), await ask(basic('agent:no')), await ask(basic('agent:p:w'))], [407, 407, 200]);
    const tunnel = net.connect(Number(new URL(guarded.addresses.proxy).port), '127.0.0.1');
    tunnel.write('CONNECT management.azure.com:443 HTTP/1.1\r\nHost: management.azure.com\r\n\r\n');
    assert.match(String((await once(tunnel, 'data'))[0]), /^HTTP\/1\.1 407 .*proxy-authenticate: Basic/s);
    await guarded.stop();
  });
});
