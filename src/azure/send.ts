import type { RequestOptions } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { withoutEchoes } from './answers/echoes.ts';
import type { Patience } from './patience/patience.ts';
import { withinTime } from './patience/within-time.ts';
import { REFUSED_TUNNEL, TunnelRefused } from './tunnel-refused.ts';
import type { WayOut } from './way-out.ts';

/** A request that is sent without an SDK: for tokens, which are asked for before any SDK is loaded. */
export interface PlainRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for one try; that of a read where it is left out. */
  readonly timeout?: number;
  /** Called once, when all of the request has been handed to the connection. */
  readonly onSent?: (() => void) | undefined;
}

export interface PlainAnswer {
  readonly status: number;
  readonly body: string;
  /** Milliseconds, where the server says when to come back. */
  readonly retryAfter?: number;
}

/** One try, by the agent's way out. @throws the network's own error, TunnelRefused, NoAnswerInTime, AbortError */
export function sendPlain(out: WayOut, request: PlainRequest, patience: TryLimits): Promise<PlainAnswer> {
  return exchange(request, { agent: out.agentFor(request.url) }, patience);
}

export type TryLimits = Pick<Patience, 'clock' | 'limits' | 'stop'>;

/** One request and its whole answer. @throws the network's own error, TunnelRefused, NoAnswerInTime, AbortError */
export function exchange(
  request: PlainRequest,
  connection: RequestOptions,
  { clock, limits, stop }: TryLimits,
): Promise<PlainAnswer> {
  const { signal, timeout = limits.read } = request;
  const stopped = signal ? AbortSignal.any([signal, stop.requested]) : stop.requested;
  return withinTime({ clock, limit: timeout, stopped }, (giveUp) =>
    sendOnce(request, { ...connection, signal: giveUp }),
  );
}

function sendOnce(request: PlainRequest, connection: RequestOptions): Promise<PlainAnswer> {
  const { method, url, headers, body = '', onSent } = request;
  const options: RequestOptions = {
    ...connection,
    method,
    headers: { Accept: 'application/json', 'User-Agent': 'keyless-pods', ...lengthOf(body), ...headers },
  };
  const carried = { authorization: headers?.['Authorization'], body };
  const said = (status: number, text: string): string => (status < 400 ? text : withoutEchoes(text, carried));
  return new Promise((resolve, reject) => {
    const outgoing = (url.startsWith('http:') ? http : https).request(url, options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const status = incoming.statusCode ?? 0;
        if (incoming.headers[REFUSED_TUNNEL] !== undefined) reject(new TunnelRefused(status));
        else resolve({ status, body: said(status, Buffer.concat(chunks).toString('utf8')), ...retryAfter(incoming) });
      });
    });
    outgoing.on('error', reject);
    if (onSent) outgoing.once('finish', onSent);
    outgoing.end(body);
  });
}

function lengthOf(body: string): Record<string, string> {
  return body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
}

function retryAfter({ headers }: http.IncomingMessage): { readonly retryAfter?: number } {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return seconds >= 0 ? { retryAfter: seconds * 1000 } : {};
}
