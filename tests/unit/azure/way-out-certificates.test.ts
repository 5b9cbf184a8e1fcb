import assert from 'node:assert/strict';
import type { RequestRecord } from '../../../sandbox/contracts.ts';
import type { CertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import { createCertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import type { RunningServer } from '../../../sandbox/kit/http-server.ts';
import { startServer } from '../../../sandbox/kit/http-server.ts';
import { startProxy } from '../../../sandbox/proxy/server.ts';
import { sendPlain } from '../../../src/azure/send.ts';
import { wayOut } from '../../../src/azure/way-out.ts';
import type { ClientCertificate, Network, ProxyServer } from '../../../src/runtime/ports.ts';
import { Secret } from '../../../src/runtime/secret.ts';
import { readFileSync } from 'node:fs';
import type { ClientCertificateFiles } from '../../support/client-certificate.ts';
import { clientCertificateFiles, clientName } from '../../support/client-certificate.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { aPatience, realLimits } from '../../support/patience.ts';

const secret = (value: string): Secret => Secret.register(value, () => undefined);

describe('the way out with certificates', () => {
  let authority: CertificateAuthority;
  let files: ClientCertificateFiles;
  let server: RunningServer;
  const proxies: RunningServer[] = [];
  const proxied: Omit<RequestRecord, 'sequence'>[] = [];

  before(async () => {
    authority = await createCertificateAuthority('test');
    files = await clientCertificateFiles(authority);
    const clientCaPem = authority.caPem;
    server = await startServer({
      name: 'mutual',
      tls: { ...(await authority.serverCertificate(['localhost'])), clientCaPem, demandsClientCertificate: true },
      handler: ({ clientCertificate }) => ({ status: 200, body: clientCertificate?.commonName ?? '' }),
      record: () => undefined,
    });
  });
  after(async () => {
    files.remove();
    await server.close();
  });
  afterEach(async () => {
    proxied.splice(0);
    for (const proxy of proxies.splice(0)) await proxy.close();
  });

  /** Leads to the server above. */
  async function proxy({ tls = false, demanding = false, credentials = false } = {}): Promise<ProxyServer> {
    const own = { ...(await authority.serverCertificate(['127.0.0.1'])), clientCaPem: authority.caPem };
    const started = await startProxy({
      destinations: (_host, port) => ({ port, tls: true }),
      caPem: authority.caPem,
      metadata: () => Promise.reject(new Error('not asked')),
      tls: tls ? { ...own, demandsClientCertificate: demanding } : undefined,
      credentials: credentials ? { username: 'me', password: 'p/w+' } : undefined,
      record: (request) => proxied.push(request),
    });
    proxies.push(started);
    return { url: started.url, ...(credentials ? { username: 'me', password: secret('p/w+') } : {}) };
  }

  const pem = (more: Partial<ClientCertificate> = {}): ClientCertificate =>
    ({
      form: 'pem',
      certificate: readFileSync(files.certificate, 'utf8'),
      key: secret(readFileSync(files.key, 'utf8')),
      ...more,
    }) as ClientCertificate;

  async function whoAmI(network: Partial<Network>, through?: ProxyServer): Promise<string> {
    const trusting = { certificateAuthority: authority.caPem, ...network };
    const out = wayOut({ proxyFor: () => through, ...trusting });
    return (await sendPlain(out, { method: 'GET', url: server.url }, aPatience(systemClock, { limits: realLimits })))
      .body;
  }

  it('shows its certificate to a server that demands one', async () => {
    await assert.rejects(whoAmI({}));
    assert.equal(await whoAmI({ clientCertificate: pem() }), clientName);
  });

  it('opens an encrypted key', async () => {
    const key = secret(readFileSync(files.encryptedKey, 'utf8'));
    assert.equal(await whoAmI({ clientCertificate: pem({ key, passphrase: secret(files.password) }) }), clientName);
  });

  it('takes certificate and key from an archive', async function () {
    const archive = readFileSync(files.archive(this));
    const clientCertificate = { form: 'pfx', archive, passphrase: secret(files.password) } as const;
    assert.equal(await whoAmI({ clientCertificate }), clientName);
  });

  it('shows it through a proxy, too', async () => {
    assert.equal(await whoAmI({ clientCertificate: pem() }, await proxy()), clientName);
    assert.deepEqual(
      proxied.map(({ method, status }) => [method, status]),
      [['CONNECT', 200]],
    );
  });

  it('reaches a proxy by TLS, with user and password, and trusts it by the same authority', async () => {
    const through = await proxy({ tls: true, credentials: true });
    assert.equal(await whoAmI({ clientCertificate: pem() }, through), clientName);
    await assert.rejects(whoAmI({ clientCertificate: pem(), certificateAuthority: undefined }, through));
  });

  it('shows its certificate to a proxy that demands one', async () => {
    const through = await proxy({ tls: true, demanding: true });
    assert.equal(await whoAmI({ clientCertificate: pem() }, through), clientName);
    await assert.rejects(whoAmI({}, through));
  });

  it('says that the proxy wants a password where it does', async () => {
    const { url } = await proxy({ credentials: true });
    await assert.rejects(whoAmI({ clientCertificate: pem() }, { url }), /407/);
  });

  it('checks nobody where the agent says so, directly and through a proxy that is reached by TLS', async () => {
    const network = { certificateAuthority: undefined, clientCertificate: pem(), acceptsAnyServer: true };
    assert.equal(await whoAmI(network), clientName);
    assert.equal(await whoAmI(network, await proxy({ tls: true })), clientName);
    await assert.rejects(whoAmI({ ...network, acceptsAnyServer: false }));
  });
});
