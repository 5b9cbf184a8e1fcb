/**
 * A forward proxy as clients know it: CONNECT, absolute-form, and `GET https://host/...` without CONNECT as BusyBox wget
 * sends it. It leads to the sandbox's servers only; any other host is a 502.
 */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { MetadataRequest, MetadataResponse, RequestRecord } from '../contracts.ts';
import {
  closing,
  described,
  httpsOptions,
  overHttp,
  type InterceptEvent,
  type Intercept,
  type RunningServer,
  type SandboxResponse,
  type ServerTls,
  type TlsFailure,
} from '../kit/http-server.ts';
import type { Decoys } from './decoys.ts';
import type { Destination, Destinations } from './destinations.ts';
import { forward, proxyContentOf, respond, type Respondent } from './forward.ts';

export interface ProxyOptions {
  readonly destinations: Destinations;
  /** PEM of the authority that signed the sandbox's certificates. */
  readonly caPem: string;
  /** What 169.254.169.254 answers. */
  readonly metadata: (request: MetadataRequest) => Promise<MetadataResponse>;
  /** Asked for with HTTP Basic; none: everybody may. */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
  /** Reached by TLS itself; with `clientCaPem` only by those who show a certificate of this authority. */
  readonly tls?: ServerTls | undefined;
  /** 0 or none: a free one. */
  readonly port?: number;
  /** Who is asking through this proxy, for the request log (the pod). */
  readonly caller?: string;
  /** Sees every request, and answers those for the proxy itself (`GET /_sandbox/requests`). */
  readonly intercept?: Intercept | undefined;
  /** Where CONNECT leads when a fault is to be found there; without them such a fault drops the connection. */
  readonly decoys?: Decoys;
  readonly record: (request: Omit<RequestRecord, 'sequence'>) => void;
}

export const metadataHost = '169.254.169.254';

export async function startProxy(options: ProxyOptions): Promise<RunningServer> {
  // Clients such as BusyBox wget close their half of the connection once the request is out, and read on.
  const server = Object.assign(options.tls ? https.createServer(httpsOptions(options.tls)) : http.createServer(), {
    httpAllowHalfOpen: true,
  });
  const close = closing(server);
  server.on('request', (incoming: http.IncomingMessage, outgoing: http.ServerResponse) => {
    void answer(options, incoming, outgoing);
  });
  server.on('connect', (incoming: http.IncomingMessage, socket: Duplex, head: Buffer) => {
    void connect(options, incoming, socket, head);
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${String(port)}`,
    close,
  };
}

async function answer(
  options: ProxyOptions,
  incoming: http.IncomingMessage,
  outgoing: http.ServerResponse,
): Promise<void> {
  const started = performance.now();
  const status = await respond(outgoing, await respondent(options, incoming));
  record(options, incoming, { status, started });
}

async function respondent(options: ProxyOptions, incoming: http.IncomingMessage): Promise<Respondent> {
  const target = incoming.url ?? '/';
  const instead = await options.intercept?.(eventOf(incoming));
  if (instead !== undefined) return overHttp(instead);
  if (!isAllowed(options, incoming)) return authenticationRequired;
  if (!URL.canParse(target)) {
    return { status: 400, body: 'This is a forward proxy: send an absolute URL, or CONNECT host:port.\n' };
  }
  const url = new URL(target);
  if (url.hostname === metadataHost) return metadata(options, incoming, url);
  const tls = url.protocol === 'https:';
  const destination = options.destinations(url.hostname, portOf(url));
  // A server that speaks TLS is not reached by http://, as with the real one (port 80 of it is not open here).
  if (destination?.tls !== tls) return refused(url.host);
  return forward(incoming, url, destination, options.caPem);
}

function eventOf(incoming: http.IncomingMessage): InterceptEvent {
  const { method, path, host } = described(incoming);
  return { server: 'proxy', phase: 'before', method, path, host, headers: incoming.headers, body: Buffer.alloc(0) };
}

async function metadata(options: ProxyOptions, incoming: http.IncomingMessage, url: URL): Promise<Respondent> {
  if (url.protocol !== 'http:' || portOf(url) !== 80) return refused(url.host);
  const path = url.pathname + url.search;
  const headers = plainHeaders(incoming.headers);
  const answered = await options.metadata({ method: incoming.method ?? 'GET', path, headers });
  return { status: answered.status, body: answered.body, ...(answered.headers ? { headers: answered.headers } : {}) };
}

/** One text per name, without those that were for the proxy. */
export function plainHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  const plain = Object.entries(headers).map(([name, value]): [string, string] => [name, [value].flat().join(', ')]);
  return Object.fromEntries(plain.filter(([name]) => !name.startsWith('proxy-')));
}

async function connect(
  options: ProxyOptions,
  incoming: http.IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const started = performance.now();
  socket.on('error', () => socket.destroy());
  const way = await wayOf(options, incoming);
  if (way === 'reset') {
    record(options, incoming, { status: 0, started });
    socket.destroy();
  } else if ('status' in way) {
    record(options, incoming, { status: way.status, started });
    refuse(socket, way);
  } else {
    tunnel(socket, head, way, () => {
      record(options, incoming, { status: 200, started });
    });
  }
}

/** Where a tunnel leads, or why there is none. */
async function wayOf(
  options: ProxyOptions,
  incoming: http.IncomingMessage,
): Promise<Destination | SandboxResponse | 'reset'> {
  const target = incoming.url ?? '';
  const { host, port } = authority(target);
  const instead = await options.intercept?.(eventOf(incoming));
  if (instead !== undefined) return instead !== 'reset' && 'tls' in instead ? decoy(options, instead, host) : instead;
  if (!isAllowed(options, incoming)) return authenticationRequired;
  return options.destinations(host, port) ?? refused(target);
}

async function decoy({ decoys }: ProxyOptions, failure: TlsFailure, host: string): Promise<Destination | 'reset'> {
  return decoys ? { port: await decoys.port(failure, host), tls: true } : 'reset';
}

function refuse(socket: Duplex, { status, headers = {}, body }: SandboxResponse): void {
  const { body: content, type } = proxyContentOf(body);
  const all = { 'content-type': type, ...headers, 'content-length': Buffer.byteLength(content), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${String(value)}`);
  socket.write([`HTTP/1.1 ${String(status)} ${http.STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\r\n'));
  socket.end(content);
}

/** Each half ends on its own; only where one side broke off is the other cut, too. */
function tunnel(socket: Duplex, head: Buffer, destination: Destination, established: () => void): void {
  const upstream = net.connect({ port: destination.port, host: '127.0.0.1', allowHalfOpen: true });
  upstream.on('error', () => socket.destroy());
  upstream.once('connect', () => {
    established();
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
  });
  socket.on('close', () => {
    if (!socket.readableEnded) upstream.destroy();
  });
  upstream.on('close', () => {
    if (!upstream.readableEnded) socket.destroy();
  });
}

function record(
  options: ProxyOptions,
  incoming: http.IncomingMessage,
  { status, started }: { status: number; started: number },
): void {
  options.record({
    ...described(incoming),
    server: 'proxy',
    status,
    ...(options.caller === undefined ? {} : { caller: options.caller }),
    milliseconds: Math.round(performance.now() - started),
  });
}

function isAllowed({ credentials }: ProxyOptions, { headers }: http.IncomingMessage): boolean {
  if (!credentials) return true;
  const { username, password } = credentials;
  return headers['proxy-authorization'] === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

const authenticationRequired: SandboxResponse = {
  status: 407,
  headers: { 'proxy-authenticate': 'Basic realm="sandbox"' },
  body: 'The proxy asks for a user name and a password.\n',
};

function refused(host: string): SandboxResponse {
  const reason = `The sandbox does not imitate ${host}, and nothing leaves this machine.`;
  return { status: 502, headers: { 'x-sandbox': reason }, body: `${reason}\n` };
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function authority(target: string): { readonly host: string; readonly port: number } {
  const [, host = '', port = ''] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(target) ?? [];
  return { host, port: Number(port) };
}
