/** What stands in a server's place where its TLS fails: ports that the proxy leads to instead. */
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { createCertificateAuthority, type CertificateAuthority } from '../kit/certificates.ts';
import type { TlsFailure } from '../kit/http-server.ts';

export interface Decoys {
  /** Port on 127.0.0.1; started when first asked for. `host`: whose place it takes. */
  port(failure: TlsFailure, host: string): Promise<number>;
  close(): Promise<void>;
}

export function createDecoys(authority: CertificateAuthority): Decoys {
  const running = new Map<string, Promise<net.Server>>();
  return {
    port: async ({ tls: failure }, host) => {
      const key = `${failure} ${host}`;
      const started = running.get(key) ?? start(failure, host, authority);
      running.set(key, started);
      return ((await started).address() as AddressInfo).port;
    },
    close: async () => {
      for (const server of await Promise.all(running.values())) server.close();
    },
  };
}

async function start(failure: TlsFailure['tls'], host: string, authority: CertificateAuthority): Promise<net.Server> {
  const server = failure === 'broken' ? hangUp() : presenting(await certificateOf(failure, host, authority));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Ends every connection as soon as the client has said hello. */
function hangUp(): net.Server {
  return net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.destroy());
  });
}

type Certificate = Awaited<ReturnType<CertificateAuthority['serverCertificate']>>;

async function certificateOf(
  failure: 'wrongName' | 'untrusted',
  host: string,
  authority: CertificateAuthority,
): Promise<Certificate> {
  if (failure === 'wrongName') return authority.serverCertificate(['portal.network.test']);
  return (await createCertificateAuthority('Nobody knows me')).serverCertificate([host]);
}

function presenting({ certPem, keyPem }: Certificate): net.Server {
  const server = tls.createServer({ cert: certPem, key: keyPem }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  });
  // Clients that do not trust it say so and go.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}
