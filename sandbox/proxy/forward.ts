/** Passing one request on to a server of the sandbox, and its answer back. */
import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { SandboxResponse } from '../kit/http-server.ts';
import { contentOf } from '../kit/response.ts';
import type { Destination } from './destinations.ts';

/** An answer of the proxy's own, an upstream's, or a dropped connection. */
export type Respondent = SandboxResponse | http.IncomingMessage | 'reset';

/** Headers that concern the connection to the proxy and nobody behind it (RFC 9110, 7.6.1). */
const hopByHop = new Set(
  'connection keep-alive proxy-authorization proxy-connection te trailer transfer-encoding upgrade'.split(' '),
);

export async function forward(
  incoming: http.IncomingMessage,
  url: URL,
  destination: Destination,
  caPem: string,
): Promise<Respondent> {
  const options = {
    host: '127.0.0.1',
    port: destination.port,
    method: incoming.method,
    path: pathOf(incoming.url ?? ''),
    headers: { ...withoutHopByHop(incoming.headers), host: url.host },
    agent: false,
  } as const;
  const request = destination.tls
    ? https.request({ ...options, ca: caPem, servername: url.hostname })
    : http.request(options);
  try {
    return await new Promise((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
      incoming.once('error', reject);
      incoming.pipe(request);
    });
  } catch (error) {
    return { status: 502, body: `The sandbox's own server did not answer: ${String(error)}\n` };
  }
}

/** Returns the status that was sent; 0 for a dropped connection. */
export async function respond(outgoing: http.ServerResponse, answer: Respondent): Promise<number> {
  if (answer === 'reset') {
    outgoing.destroy();
    return 0;
  }
  if (answer instanceof http.IncomingMessage) {
    const status = answer.statusCode ?? 502;
    outgoing.writeHead(status, answer.statusMessage, withoutHopByHop(answer.headers));
    // A client that goes away while it is being answered is its own affair.
    await pipeline(answer, outgoing).catch(() => outgoing.destroy());
    return status;
  }
  const { body, type } = proxyContentOf(answer.body);
  outgoing.writeHead(answer.status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    ...answer.headers,
  });
  outgoing.end(body);
  return answer.status;
}

/** What a proxy itself sends: text, where nobody says another type. */
export function proxyContentOf(body: unknown): { readonly body: string | Buffer; readonly type: string } {
  const { content = '', type } = contentOf(body);
  return { body: content, type: type['content-type'] ?? 'text/plain; charset=utf-8' };
}

/** As sent: `new URL` would tidy up double slashes and dots that the server behind is to see. */
function pathOf(target: string): string {
  const path = target.replace(/^[a-z]+:\/\/[^/?#]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}

function withoutHopByHop(headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}
