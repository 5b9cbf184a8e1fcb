import assert from 'node:assert/strict';
import { createCertificateAuthority, type CertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import { startServer, type RunningServer, type SandboxRequest } from '../../../sandbox/kit/http-server.ts';
import { startProxy } from '../../../sandbox/proxy/server.ts';
import type { WayOut } from '../../../src/azure/way-out.ts';
import { wayOut } from '../../../src/azure/way-out.ts';
import { sendPlain } from '../../../src/azure/send.ts';
import type { ProxyServer } from '../../../src/runtime/ports.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { aPatience, realLimits } from '../../support/patience.ts';

for (const proxied of [false, true]) {
  describe(`the way out ${proxied ? 'through a proxy' : 'without a proxy'}`, () => {
    let server: RunningServer;
    let proxy: RunningServer;
    let certificateAuthority: string;
    const sockets = new Set<unknown>();
    const tunnels: string[] = [];
    let certificate: Awaited<ReturnType<CertificateAuthority['serverCertificate']>>;

    const opened = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));
    const start = (port: number): Promise<RunningServer> =>
      startServer({
        name: 'server',
        port,
        tls: certificate,
        record: () => undefined,
        handler: async (request: SandboxRequest) => {
          sockets.add(request.socket);
          // Long enough for requests that are sent together to need a connection each.
          await opened();
          return { status: 200, body: {} };
        },
      });

    before(async () => {
      const authority = await createCertificateAuthority('test');
      certificateAuthority = authority.caPem;
      certificate = await authority.serverCertificate(['localhost']);
      server = await start(0);
      proxy = await startProxy({
        caPem: certificateAuthority,
        destinations: (_host, port) => (port === server.port ? { port, tls: true } : undefined),
        metadata: () => Promise.resolve({ status: 404, body: '' }),
        record: ({ path }) => tunnels.push(path),
      });
    });
    after(async () => {
      await proxy.close();
      await server.close();
    });
    beforeEach(() => {
      sockets.clear();
      tunnels.length = 0;
    });

    const patience = aPatience(systemClock, { limits: realLimits });
    const open = (): WayOut => {
      const used: ProxyServer | undefined = proxied ? { url: proxy.url } : undefined;
      return wayOut({ certificateAuthority, proxyFor: () => used });
    };
    const ask = async (out: WayOut, times: number): Promise<void> => {
      const asked = Array.from({ length: times }, () => sendPlain(out, { method: 'GET', url: server.url }, patience));
      for (const { status } of await Promise.all(asked)) assert.equal(status, 200);
    };

    it('uses a connection again', async () => {
      const out = open();
      for (let round = 0; round < 3; round += 1) await ask(out, 1);
      assert.equal(sockets.size, 1);
      assert.equal(tunnels.length, proxied ? 1 : 0);
    });

    it('uses the connections that were opened early, and opens more where they are not enough', async () => {
      const out = open();
      out.openEarly(server.url, 2);
      await ask(out, 3);
      assert.equal(sockets.size, 3);
      assert.equal(tunnels.length, proxied ? 3 : 0);
      await ask(out, 3);
      assert.equal(sockets.size, 3);
    });

    it('does without a connection that died before it was used', async () => {
      const out = open();
      out.openEarly(server.url, 1);
      await opened();
      const { port } = server;
      await server.close();
      server = await start(port);
      await opened();
      await ask(out, 2);
    });

    it('does without an address that cannot be reached early', async () => {
      const out = open();
      out.openEarly('https://localhost:1', 1);
      await ask(out, 1);
      const nobody = sendPlain(out, { method: 'GET', url: 'https://localhost:1' }, patience);
      if (proxied) await assert.rejects(nobody, { name: 'TunnelRefused', status: 502 });
      else await assert.rejects(nobody, /ECONNREFUSED/);
    });
  });
}
