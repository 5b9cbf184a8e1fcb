import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { CertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import { createCertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import { httpsOptions } from '../../../sandbox/kit/http-server.ts';
import { startProxy } from '../../../sandbox/proxy/server.ts';
import type { KubeCluster } from '../../../src/kube/cluster.ts';
import { loadKubeconfig } from '../../../src/kube/config/kubeconfig.ts';
import { DirectCluster } from '../../../src/kube/direct/direct-cluster.ts';
import { openEndpoint } from '../../../src/kube/direct/endpoint.ts';
import { kinds } from '../../../src/kube/kinds.ts';
import { startBudget } from '../../../src/runtime/budget.ts';
import type { Network } from '../../../src/runtime/ports.ts';
import { Secret } from '../../../src/runtime/secret.ts';
import { fastClock } from '../../support/clock.ts';
import type { ClientCertificateFiles } from '../../support/client-certificate.ts';
import { clientCertificateFiles, clientName } from '../../support/client-certificate.ts';

/** Server, proxy and client under one authority; the API server serves only those who show a certificate of it. */
describe("a cluster by the agent's network", () => {
  let authority: CertificateAuthority;
  let files: ClientCertificateFiles;
  let server: https.Server;
  let url: string;
  const seen: string[] = [];
  const closing: (() => Promise<void> | void)[] = [];

  const note = (what: string, { socket }: IncomingMessage): void => {
    const { subject } = (socket as Partial<TLSSocket>).getPeerCertificate!();
    seen.push(`${what} ${[subject.CN].flat().join()}`);
  };

  before(async () => {
    authority = await createCertificateAuthority('test');
    files = await clientCertificateFiles(authority);
    const tls = { ...(await authority.serverCertificate(['localhost'])), clientCaPem: authority.caPem };
    server = https.createServer(httpsOptions({ ...tls, demandsClientCertificate: true }), (request, response) => {
      note('GET', request);
      response.end(JSON.stringify({ kind: 'Pod', metadata: { name: 'a' } }));
    });
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'v4.channel.k8s.io' });
    sockets.on('connection', (socket, request) => {
      note('exec', request);
      socket.send(Buffer.concat([Buffer.from([3]), Buffer.from(JSON.stringify({ status: 'Success' }))]));
      socket.close();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `https://localhost:${String((server.address() as AddressInfo).port)}`;
  });
  after(() => {
    files.remove();
    server.close();
    server.closeAllConnections();
  });
  beforeEach(() => seen.splice(0));
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function open(
    more: Partial<Network>,
    user: object = { token: 'tok' },
    ca: string = authority.caPem,
  ): Promise<KubeCluster> {
    const trust = ca === '' ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
    const text = JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: url, ...trust } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    });
    const network: Network = { proxyFor: () => undefined, certificateAuthority: undefined, ...more };
    const { config } = await loadKubeconfig({ text, origin: 'test' }, { network, mask: () => undefined });
    const clock = fastClock();
    const endpoint = await openEndpoint(config, { network });
    const cluster = new DirectCluster('test', { endpoint, clock, budget: startBudget(clock, 1000) });
    closing.push(() => {
      cluster.close();
    });
    return cluster;
  }

  const own = (): Pick<Network, 'clientCertificate'> => ({
    clientCertificate: {
      form: 'pem',
      certificate: readFileSync(files.certificate, 'utf8'),
      key: Secret.register(readFileSync(files.key, 'utf8'), () => undefined),
    },
  });

  async function askTwice(cluster: KubeCluster): Promise<readonly string[]> {
    await cluster.get(kinds.pod, { name: 'a', namespace: 'web' });
    const command = { namespace: 'web', pod: 'a', container: 'c', command: ['true'], timeout: 5000 };
    assert.equal((await cluster.exec(command)).exitCode, 0);
    return seen;
  }

  it("shows the agent's certificate, for requests and for exec", async () => {
    await assert.rejects(askTwice(await open({})));
    assert.deepEqual(await askTwice(await open(own())), [`GET ${clientName}`, `exec ${clientName}`]);
  });

  it('shows that of the kubeconfig where it has one', async () => {
    const { certPem, keyPem } = await authority.clientCertificate({ commonName: 'admin' });
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const user = { 'client-certificate-data': base64(certPem), 'client-key-data': base64(keyPem) };
    assert.deepEqual(await askTwice(await open(own(), user)), ['GET admin', 'exec admin']);
  });

  it("trusts the agent's authority where the kubeconfig names none", async () => {
    const network = { ...own(), certificateAuthority: authority.caPem };
    assert.equal((await askTwice(await open(network, undefined, ''))).length, 2);
    await assert.rejects(askTwice(await open(own(), undefined, '')));
  });

  it('checks nobody where the agent says so', async () => {
    const { caPem } = await createCertificateAuthority('another');
    assert.equal((await askTwice(await open({ ...own(), acceptsAnyServer: true }, undefined, caPem))).length, 2);
  });

  it('goes through a proxy that is reached by TLS, with user and password', async () => {
    const targets: string[] = [];
    const proxy = await startProxy({
      destinations: (_host, port) => ({ port, tls: true }),
      caPem: authority.caPem,
      metadata: () => Promise.reject(new Error('not asked')),
      tls: await authority.serverCertificate(['127.0.0.1']),
      credentials: { username: 'me', password: 'p/w' },
      record: ({ method, status }) => targets.push(`${method} ${String(status)}`),
    });
    closing.push(() => proxy.close());
    const password = Secret.register('p/w', () => undefined);
    const proxyFor = (): ReturnType<Network['proxyFor']> => ({ url: proxy.url, username: 'me', password });
    const network = { ...own(), certificateAuthority: authority.caPem, proxyFor };
    assert.deepEqual(await askTwice(await open(network)), [`GET ${clientName}`, `exec ${clientName}`]);
    // One tunnel may serve both.
    assert.deepEqual([...new Set(targets)], ['CONNECT 200']);
  });
});
