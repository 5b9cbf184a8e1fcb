/**
 * The cluster's address: a server of the sandbox in front of the real API server, so that latency, faults and the request
 * log are those of every other server. It knows who a client certificate is for and says so as an authenticating proxy
 * does; tokens, rights and every answer are the API server's own.
 */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { certificateSubject, type SandboxRequest, type SandboxResponse } from '../kit/http-server.ts';
import type { CertificateAndKey } from '../kit/certificates.ts';

export interface Upstream {
  readonly port: number;
  readonly caPem: string;
  /** Of the front proxy's authority. */
  readonly front: CertificateAndKey;
}

export interface Agents {
  /** For clients with a certificate: the front vouches for them. */
  readonly vouching: https.Agent;
  /** For all others: the API server judges their token, or that they have none. */
  readonly plain: https.Agent;
}

export function agentsFor({ caPem, front }: Upstream): Agents {
  const options = { keepAlive: true, ca: caPem };
  return {
    vouching: new https.Agent({ ...options, cert: front.certPem, key: front.keyPem }),
    plain: new https.Agent(options),
  };
}

type Subject = SandboxRequest['clientCertificate'];

/** One request, and its answer: whole, or as a stream where it has no end of its own. */
export async function forward(port: number, agents: Agents, request: SandboxRequest): Promise<SandboxResponse> {
  const { method, url, headers, body, clientCertificate, socket } = request;
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = https.request({
      host: '127.0.0.1',
      port,
      method,
      path: url.pathname + url.search,
      agent: clientCertificate ? agents.vouching : agents.plain,
      headers: {
        ...forwardedHeaders(headers, clientCertificate),
        ...(body.length > 0 ? { 'content-length': body.length } : {}),
      },
    });
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
  const status = incoming.statusCode ?? 502;
  identify(request, status);
  const answer = { status, headers: answeredHeaders(incoming.headers) };
  if (!isStreamed(url)) return { ...answer, body: await whole(incoming) };
  // A client that goes away from an idle watch is seen here only.
  socket.once('close', () => incoming.destroy());
  return { ...answer, body: incoming };
}

function isStreamed(url: URL): boolean {
  const says = (name: string): boolean => ['true', '1'].includes(url.searchParams.get(name) ?? '');
  return says('watch') || says('follow') || url.pathname.startsWith('/api/v1/watch/');
}

async function whole(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The certificate's name, else the subject that a token says: the API server did not refuse it. */
function identify(request: SandboxRequest, status: number): void {
  const { clientCertificate, headers } = request;
  const name = clientCertificate?.commonName ?? (status === 401 ? undefined : tokenSubject(headers.authorization));
  if (name !== undefined) request.identify(name);
}

export function tokenSubject(authorization: string | undefined): string | undefined {
  const payload = /^Bearer\s+[\w-]+\.(?<payload>[\w-]+)\./iu.exec(authorization ?? '')?.groups?.['payload'];
  if (payload === undefined) return undefined;
  try {
    const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub?: unknown };
    return typeof sub === 'string' ? sub : undefined;
  } catch {
    return undefined;
  }
}

/** Of one connection only, or the front's own word: nobody else may say who somebody is. */
const ownHeaders =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-length|x-remote-.*)$/;

export function forwardedHeaders(headers: IncomingHttpHeaders, subject: Subject): OutgoingHttpHeaders {
  const rest = Object.entries(headers).filter(([name]) => !ownHeaders.test(name));
  return {
    ...Object.fromEntries(rest),
    ...(subject === undefined
      ? {}
      : { 'x-remote-user': subject.commonName, 'x-remote-group': [...subject.organizations] }),
  };
}

function answeredHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name === 'content-length' || !ownHeaders.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, [value ?? ''].flat().join(', ')]));
}

export interface UpgradeOutcome {
  readonly status: number;
  readonly caller?: string;
}

/** An upgrade (exec, attach, port-forward): the API server's answer, then both connections become one. */
export async function forwardUpgrade(
  port: number,
  agents: Agents,
  { incoming, socket, head }: { incoming: IncomingMessage; socket: Duplex; head: Buffer },
): Promise<UpgradeOutcome> {
  const subject = certificateSubject(socket);
  const { connection, upgrade } = incoming.headers;
  const outgoing = https.request({
    host: '127.0.0.1',
    port,
    method: incoming.method,
    path: incoming.url,
    agent: subject ? agents.vouching : agents.plain,
    headers: { ...forwardedHeaders(incoming.headers, subject), connection, upgrade },
  });
  const caller = subject?.commonName ?? tokenSubject(incoming.headers.authorization);
  const outcome = (status: number): UpgradeOutcome => ({
    status,
    ...(caller === undefined || status === 401 ? {} : { caller }),
  });
  return new Promise((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('upgrade', (answer, other: Duplex, otherHead: Buffer) => {
      socket.write(headOf(answer));
      socket.write(otherHead);
      other.write(head);
      join(socket, other);
      resolve(outcome(101));
    });
    outgoing.once('response', (answer) => {
      socket.write(headOf(answer, { connection: 'close' }));
      answer.pipe(socket);
      resolve(outcome(answer.statusCode ?? 502));
    });
    outgoing.end();
  });
}

function headOf(answer: IncomingMessage, more: Readonly<Record<string, string>> = {}): string {
  const kept = Object.entries(answer.headers).filter(([name]) => name !== 'transfer-encoding' && !(name in more));
  const lines = [...kept, ...Object.entries(more)].map(
    ([name, value]) => `${name}: ${[value ?? ''].flat().join(', ')}`,
  );
  const first = `HTTP/1.1 ${String(answer.statusCode)} ${answer.statusMessage ?? ''}`;
  return `${[first, ...lines].join('\r\n')}\r\n\r\n`;
}

/** Each end ends the other. */
function join(one: Duplex, other: Duplex): void {
  one.pipe(other);
  other.pipe(one);
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}
