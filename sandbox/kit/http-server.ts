/** One HTTP(S) server of the sandbox: loopback only, every request recorded, unknown routes answered by 501. */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestRecord } from './request-record.ts';
import { send, type SandboxResponse } from './response.ts';

export type { SandboxResponse } from './response.ts';

export interface SandboxRequest {
  readonly method: string;
  /** From the Host header, without the port, lower case. */
  readonly host: string;
  /** Decoded by URL, as sent otherwise: double slashes and letter case are the handler's business. */
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly socket: Duplex;
  /** Subject of a verified client certificate. */
  readonly clientCertificate?: { readonly commonName: string; readonly organizations: readonly string[] };
  /** Says for whom the request was decided; goes into the request log. */
  identify(caller: string): void;
}

/** What a client finds where it wanted to speak TLS to a server, for requests that a proxy is to lead to one (CONNECT). */
export interface TlsFailure {
  /** A certificate of another name, one of an authority that nobody knows, or a connection that ends during the handshake. */
  readonly tls: 'wrongName' | 'untrusted' | 'broken';
}

export type Instead = SandboxResponse | TlsFailure | 'reset';

export interface InterceptedRequest {
  readonly server: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Handler = (request: SandboxRequest) => Promise<SandboxResponse> | SandboxResponse;

/**
 * Looks at every request before it takes effect and again after it took effect but before the reply, then with what is
 * going to be answered. What it returns is answered in place of that; `reset` drops the connection. Faults and tests
 * hook in here.
 */
export type Intercept = (event: InterceptEvent) => Promise<Instead | undefined> | Instead | undefined;

export type InterceptEvent = InterceptedRequest &
  ({ readonly phase: 'before' } | { readonly phase: 'after'; readonly response: SandboxResponse });

export interface ServerTls {
  readonly certPem: string;
  readonly keyPem: string;
  /** Clients are asked for a certificate of this authority; who shows none is served, too, and told apart. */
  readonly clientCaPem?: string;
  /** With `clientCaPem`: who shows none is not served at all (mutual TLS). */
  readonly demandsClientCertificate?: boolean;
}

export function httpsOptions(tls: ServerTls): https.ServerOptions {
  const { certPem: cert, keyPem: key, clientCaPem: ca, demandsClientCertificate = false } = tls;
  const clients = ca === undefined ? {} : { ca, requestCert: true };
  return { cert, key, ...clients, rejectUnauthorized: demandsClientCertificate };
}

export interface ServerOptions {
  readonly name: string;
  readonly tls?: ServerTls;
  readonly port?: number;
  /** Added to every response, in milliseconds. */
  readonly latency?: number;
  readonly handler: Handler;
  readonly intercept?: Intercept | undefined;
  readonly onUpgrade?: (request: http.IncomingMessage, socket: Duplex, head: Buffer) => void;
  record(request: Omit<RequestRecord, 'sequence'>): void;
}

export interface RunningServer {
  readonly port: number;
  /** `http(s)://localhost:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/** As Go's servers take, and so the Kubernetes API: an exec's whole command stands in its address. */
const MOST_HEADERS = 1024 * 1024;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const listener = (incoming: http.IncomingMessage, outgoing: http.ServerResponse): void => {
    void answer(options, incoming, outgoing);
  };
  const server = options.tls
    ? https.createServer({ ...httpsOptions(options.tls), maxHeaderSize: MOST_HEADERS }, listener)
    : http.createServer({ maxHeaderSize: MOST_HEADERS }, listener);
  server.keepAliveTimeout = 30_000;
  if (options.onUpgrade) server.on('upgrade', options.onUpgrade);
  const close = closing(server);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${options.tls ? 'https' : 'http'}://localhost:${String(port)}`,
    close,
  };
}

/**
 * Ends a server at once. Its own `closeAllConnections` knows neither tunnels nor connections whose TLS handshake is not
 * over, and `close` would wait for them.
 */
export function closing(server: http.Server | https.Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
}

async function answer(
  options: ServerOptions,
  incoming: http.IncomingMessage,
  outgoing: http.ServerResponse,
): Promise<void> {
  const started = performance.now();
  let caller: string | undefined;
  const identify = (name: string): void => {
    caller = name;
  };
  const response = await respond(options, incoming, identify);
  if (options.latency !== undefined && options.latency > 0) await sleep(options.latency);
  options.record({
    ...described(incoming),
    server: options.name,
    status: response === 'reset' ? 0 : response.status,
    ...(caller === undefined ? {} : { caller }),
    milliseconds: Math.round(performance.now() - started),
  });
  if (response === 'reset') outgoing.destroy();
  else await send(response, outgoing);
}

async function respond(
  options: ServerOptions,
  incoming: http.IncomingMessage,
  identify: (caller: string) => void,
): Promise<SandboxResponse | 'reset'> {
  try {
    return await handle(options, await readRequest(incoming, identify));
  } catch (error) {
    if (incoming.destroyed && !incoming.complete) return 'reset';
    console.error(`sandbox ${options.name}: ${incoming.method ?? ''} ${incoming.url ?? ''}:`, error);
    return { status: 500, body: { error: { code: 'SandboxFailure', message: String(error) } } };
  }
}

/** What the request says of itself, for the request log. */
export function described(
  incoming: http.IncomingMessage,
): Pick<RequestRecord, 'time' | 'method' | 'host' | 'path'> & { readonly userAgent?: string } {
  const userAgent = incoming.headers['user-agent'];
  return {
    time: new Date().toISOString(),
    method: incoming.method ?? '',
    host: incoming.headers.host ?? '',
    path: incoming.url ?? '',
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}

async function handle(options: ServerOptions, request: SandboxRequest): Promise<SandboxResponse | 'reset'> {
  const { intercept, name: server } = options;
  if (!intercept) return options.handler(request);
  const path = request.url.pathname + request.url.search;
  const { method, host, headers, body } = request;
  const event = { server, method, host, path, headers, body };
  const instead = await intercept({ ...event, phase: 'before' });
  if (instead !== undefined) return overHttp(instead);
  const response = await options.handler(request);
  return overHttp((await intercept({ ...event, phase: 'after', response })) ?? response);
}

/** A request that has come is past its TLS handshake: all that is left of such a failure is the lost connection. */
export function overHttp(instead: Instead): SandboxResponse | 'reset' {
  return instead === 'reset' || 'tls' in instead ? 'reset' : instead;
}

async function readRequest(
  incoming: http.IncomingMessage,
  identify: (caller: string) => void,
): Promise<SandboxRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const host = (incoming.headers.host ?? 'localhost').toLowerCase();
  const clientCertificate = certificateSubject(incoming.socket);
  return {
    method: incoming.method ?? 'GET',
    host: host.replace(/:\d+$/, ''),
    url: new URL(`http://${host}${incoming.url ?? '/'}`),
    headers: incoming.headers,
    body: Buffer.concat(chunks),
    socket: incoming.socket,
    identify,
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
  };
}

/** The subject of the client's certificate, if there is one and its chain was verified. */
export function certificateSubject(socket: Duplex): SandboxRequest['clientCertificate'] {
  const tls = socket as Partial<TLSSocket>;
  if (tls.authorized !== true || !tls.getPeerCertificate) return undefined;
  // Null once the client has gone, whatever its type says.
  const certificate = tls.getPeerCertificate() as ReturnType<TLSSocket['getPeerCertificate']> | null;
  if (certificate === null) return undefined;
  const { subject } = certificate;
  const organizations = subject.O as string | string[] | undefined;
  return { commonName: subject.CN, organizations: organizations === undefined ? [] : [organizations].flat() };
}

/** The answer to what the sandbox does not know: says what to add, so that nobody mistakes it for the service's own refusal. */
export function notImitated(what: string, where: string): SandboxResponse {
  return {
    status: 501,
    body: {
      error: { code: 'SandboxNotImplemented', message: `The sandbox does not imitate ${what}. Add it in ${where}.` },
    },
  };
}
