import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { createPipelineRequest } from '@azure/core-rest-pipeline';
import { sdkHttpClient } from '../../../src/azure/http-client.ts';
import { sendPlain } from '../../../src/azure/send.ts';
import type { TunnelRefused } from '../../../src/azure/tunnel-refused.ts';
import { wayOut, type WayOut } from '../../../src/azure/way-out.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { aPatience, realLimits } from '../../support/patience.ts';

const url = 'https://management.example/';
const page = 'The proxy asks for a user name and a password.';

/** Proxies that refuse a tunnel: how they send head and body of the refusal. */
const proxies: Readonly<Record<string, (socket: net.Socket, head: string) => void>> = {
  'in one packet': (socket, head) => {
    socket.end(`${head}Content-Length: ${String(page.length)}\r\n\r\n${page}`);
  },
  'with its body in a later packet': (socket, head) => {
    socket.write(`${head}Content-Length: ${String(page.length)}\r\n\r\n`);
    setTimeout(() => socket.end(page), 20);
  },
  'with a body that never comes': (socket, head) => {
    socket.write(`${head}Content-Length: ${String(page.length)}\r\n\r\n`);
  },
};

for (const [how, refuse] of Object.entries(proxies)) {
  describe(`a proxy that refuses a tunnel ${how}`, () => {
    let server: net.Server;
    let out: WayOut;
    const sockets = new Set<net.Socket>();
    before(async () => {
      server = net.createServer((socket) => {
        sockets.add(socket.on('error', () => undefined));
        socket.once('data', () => {
          refuse(socket, 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n');
        });
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const proxy = { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
      out = wayOut({ certificateAuthority: undefined, proxyFor: () => proxy });
    });
    after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });

    const patience = aPatience(systemClock, { limits: realLimits });
    const refused = (error: unknown): boolean => (error as TunnelRefused).status === 407;

    it('is told by its status', async () => {
      await assert.rejects(sendPlain(out, { method: 'GET', url }, patience), refused);
      await assert.rejects(sdkHttpClient(out).sendRequest(createPipelineRequest({ url })), refused);
    });

    it('is told so by the request, not by a connection that was opened early', async () => {
      out.openEarly(url, 1);
      await assert.rejects(sendPlain(out, { method: 'GET', url }, patience), refused);
    });
  });
}
