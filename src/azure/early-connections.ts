import type { ClientRequest } from 'node:http';
import type { RequestOptions } from 'node:https';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import tls from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { REFUSED_TUNNEL } from './tunnel-refused.ts';

/**
 * Agents that can be told of an address before the first request goes there: TCP, the proxy's CONNECT and TLS cost three
 * round trips, which then pass while the token is waited for. A connection that failed or died is as if it never was.
 */
export type EarlyAgent = DirectAgent | ProxyAgent;

/** What every TLS connection is made with; asked for at the last moment, because reading authorities takes its time. */
export type TlsOptions = () => ConnectionOptions;

/** Without a proxy. */
export class DirectAgent extends https.Agent {
  readonly #tls: TlsOptions;
  readonly #waiting = new Waiting<Duplex>();

  constructor(tlsOptions: TlsOptions) {
    super({ keepAlive: true });
    this.#tls = tlsOptions;
  }

  /** Opens one connection for the next request to this host. */
  openEarly(host: string, port: number): void {
    // As `https.request` names them to its agent.
    const socket = super.createConnection({ ...this.options, servername: host, host, port, ...this.#tls() });
    if (!socket) return;
    this.#waiting.add(host, port, letGo(socket));
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const early = this.#waiting.take(options.host, options.port);
    if (early && isAlive(early)) return holdOn(early);
    return super.createConnection({ ...options, ...this.#tls() }, callback);
  }
}

type Connected = ReturnType<HttpsProxyAgent<string>['connect']>;

type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1];

/** Through a proxy, by CONNECT. HttpsProxyAgent forgets the TLS options that it was made with, so TLS is done here. */
export class ProxyAgent extends HttpsProxyAgent<string> {
  readonly #tls: { readonly toProxy: TlsOptions; readonly toServer: TlsOptions };
  readonly #waiting = new Waiting<Promise<net.Socket | undefined>>();

  constructor(
    proxy: string,
    headers: Readonly<Record<string, string>>,
    tlsOptions: { readonly toProxy: TlsOptions; readonly toServer: TlsOptions },
  ) {
    super(proxy, { keepAlive: true, headers: { ...headers } });
    this.#tls = tlsOptions;
  }

  /**
   * Whatever goes through here goes to TLS. The base class finds that out by the stack of the call where nobody says it,
   * and names the connection otherwise when it comes back to the pool: it was never used twice.
   */
  override isSecureEndpoint(): boolean {
    return true;
  }

  /** Opens one connection for the next request to this host. */
  openEarly(host: string, port: number): void {
    this.#waiting.add(host, port, this.#open({ host, port, secureEndpoint: true }));
  }

  override async connect(request: ClientRequest, options: ConnectOptions): Connected {
    const early = await this.#waiting.take(options.host, options.port);
    if (early && isAlive(early)) return holdOn(early);
    const { socket, status } = await this.#tunnel(options);
    return socket ? this.#secure(socket, options) : refusal(request, status);
  }

  async #open(options: ConnectOptions): Promise<net.Socket | undefined> {
    try {
      const { socket } = await this.#tunnel(options);
      // A refusal of the proxy belongs to the request that asks for it, which asks again.
      return socket && letGo(this.#secure(socket, options));
    } catch {
      return undefined;
    }
  }

  /** Without a socket: the status with which the proxy refused. */
  async #tunnel(options: ConnectOptions): Promise<{ readonly socket?: net.Socket; readonly status: number }> {
    // A proxy that is reached by TLS itself.
    if (this.proxy.protocol === 'https:') Object.assign(this.connectOpts, this.#tls.toProxy());
    const asker = new Asker();
    const connecting = super.connect(asker as unknown as ClientRequest, { ...options, secureEndpoint: false });
    // Once CONNECT is on its way: reading authorities takes as long as the proxy takes to answer.
    setImmediate(() => {
      prepare(this.#tls.toServer);
    });
    const tunnel = await connecting;
    if (asker.status === 200) return { socket: tunnel, status: 200 };
    tunnel.destroy();
    return { status: asker.status };
  }

  #secure(socket: Awaited<Connected>, options: ConnectOptions): tls.TLSSocket {
    // The tunnel is the way; a path would be taken for a local socket.
    const way = { host: undefined, port: undefined, path: undefined, socket };
    return tls.connect({ servername: options.host, ...options, ...this.#tls.toServer(), ...way } as ConnectionOptions);
  }
}

/**
 * What the proxy said in place of a tunnel, as the answer to the request. Only its status: the base class plays back what
 * came in the first packet, and where the body comes later that is an answer cut short.
 */
function refusal(request: ClientRequest, status: number): net.Socket {
  const socket = new net.Socket({ writable: false });
  request.once('socket', () => {
    socket.push(`HTTP/1.1 ${String(status)} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    socket.push(null);
  });
  request.prependOnceListener('response', ({ headers }) => {
    headers[REFUSED_TUNNEL] = String(status);
  });
  return socket;
}

/** Stands for a request before the proxy: hears what it answered, and is played back nothing. */
class Asker {
  status = 0;

  emit(_event: string, answer: { readonly statusCode: number }): void {
    this.status = answer.statusCode;
  }

  once(): this {
    return this;
  }
}

class Waiting<Connection> {
  readonly #byHost = new Map<string, Connection[]>();

  add(host: string, port: number, connection: Connection): void {
    const key = keyOf(host, port);
    this.#byHost.set(key, [...(this.#byHost.get(key) ?? []), connection]);
  }

  take(host: string | null | undefined, port: string | number | null | undefined): Connection | undefined {
    return this.#byHost.get(keyOf(host ?? '', Number(port ?? 443)))?.shift();
  }
}

function keyOf(host: string, port: number): string {
  return `${host.toLowerCase()}:${String(port)}`;
}

/** What is wrong with them shows when they are used. */
function prepare(options: TlsOptions): void {
  try {
    options();
  } catch {
    // Told by whoever connects.
  }
}

function isAlive(socket: Duplex): boolean {
  return !socket.destroyed && socket.writable;
}

interface Countable {
  ref?(): void;
  unref?(): void;
}

/** Whoever uses it hears of its errors; until then nobody does, and it keeps no process alive. */
function letGo<Socket extends Duplex>(socket: Socket): Socket {
  socket.on('error', ignore);
  (socket as Countable).unref?.();
  return socket;
}

function holdOn<Socket extends Duplex>(socket: Socket): Socket {
  (socket as Countable).ref?.();
  return socket;
}

function ignore(): void {
  // A dead connection is not taken.
}
