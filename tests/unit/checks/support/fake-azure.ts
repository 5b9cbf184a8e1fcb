import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { createCertificateAuthority } from '../../../../sandbox/kit/certificates.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** What the two services answer; `hang` never answers, `reset` cuts the connection. */
export interface FakeAnswers {
  metadata: (asked: Asked) => Answer | 'hang' | 'reset';
  vault: (asked: Asked) => Answer | 'hang' | 'reset';
}

export interface FakeAzure {
  /** For http_proxy and https_proxy: leads 169.254.169.254 and every https name to the fakes. */
  readonly proxy: string;
  readonly caPem: string;
  readonly answers: FakeAnswers;
  readonly metadataRequests: Asked[];
  readonly vaultRequests: Asked[];
  close(): Promise<void>;
}

/** The instance metadata service and a vault with TLS, behind a proxy as pods of the sandbox have one. */
export async function startFakeAzure(answers: FakeAnswers): Promise<FakeAzure> {
  const authority = await createCertificateAuthority('Checks test');
  const { certPem, keyPem } = await authority.serverCertificate(['*.vault.azure.net', '*.vault.azure.cn', 'localhost']);
  const [metadataRequests, vaultRequests]: [Asked[], Asked[]] = [[], []];
  const live = { ...answers };
  const vault = https.createServer({ cert: certPem, key: keyPem }, (request, response) => {
    const asked = { url: request.url ?? '', headers: request.headers };
    vaultRequests.push(asked);
    reply(response, live.vault(asked));
  });
  const proxy = http.createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const asked = { url: url.pathname + url.search, headers: request.headers };
    const forVault = url.protocol === 'https:';
    (forVault ? vaultRequests : metadataRequests).push(asked);
    reply(response, forVault ? live.vault(asked) : live.metadata(asked));
  });
  const vaultPort = await listen(vault);
  proxy.on('connect', (_request, socket, head) => {
    const upstream = connect(vaultPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  const proxyPort = await listen(proxy);
  return {
    proxy: `http://127.0.0.1:${String(proxyPort)}`,
    caPem: authority.caPem,
    answers: live,
    metadataRequests,
    vaultRequests,
    close: async () => {
      await Promise.all([stop(vault), stop(proxy)]);
    },
  };
}

function reply(response: http.ServerResponse, answer: Answer | 'hang' | 'reset'): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    response.destroy();
    return;
  }
  const { status, body, headers } = answer;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(text);
}

async function listen(server: http.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function stop(server: http.Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
