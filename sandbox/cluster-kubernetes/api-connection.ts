/** HTTPS to the API server on loopback, as one user. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';

export interface ApiAddress {
  readonly port: number;
  /** Of the API server's certificate. */
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** JSON where it is an object, text otherwise. */
  readonly body: unknown;
}

export interface ApiCall {
  readonly body?: unknown;
  /** Default: application/json. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly signal?: AbortSignal;
}

export class ApiConnection {
  readonly #agent: https.Agent;
  readonly #port: number;

  constructor({ port, caPem, certPem, keyPem }: ApiAddress) {
    this.#port = port;
    this.#agent = new https.Agent({ keepAlive: true, ca: caPem, cert: certPem, key: keyPem });
  }

  async call(method: string, path: string, call: ApiCall = {}): Promise<ApiAnswer> {
    const incoming = await this.open(method, path, call);
    let text = '';
    incoming.setEncoding('utf8');
    for await (const chunk of incoming) text += String(chunk);
    return { status: incoming.statusCode ?? 0, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text };
  }

  /** The answer before its body. */
  async open(method: string, path: string, { body, type, headers, signal }: ApiCall = {}): Promise<IncomingMessage> {
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const request = https.request({
      host: '127.0.0.1',
      port: this.#port,
      method,
      path,
      agent: this.#agent,
      signal,
      headers: {
        accept: 'application/json',
        ...headers,
        ...(payload ? { 'content-type': type ?? 'application/json', 'content-length': payload.length } : {}),
      },
    });
    request.end(payload);
    const [incoming] = (await once(request, 'response')) as [IncomingMessage];
    return incoming;
  }

  close(): void {
    this.#agent.destroy();
  }
}
