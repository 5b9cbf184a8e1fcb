import type { RequestOptions } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { proxyRefused } from './network-failure.ts';
import type { WayOut } from './way-out.ts';

/** A request that is sent without an SDK: for tokens, which are asked for before any SDK is loaded. */
export interface PlainRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for one try; 30 seconds where it is left out. */
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

/** For one try; Microsoft Entra and Azure DevOps answer within a second or not at all. */
const TIMEOUT = 30_000;

/** One try, by the agent's way out. @throws the network's own error, DiagnosticError CON004 where the proxy refuses */
export async function sendPlain(out: WayOut, request: PlainRequest): Promise<PlainAnswer> {
  const answer = await exchange(request, { agent: out.agentFor(request.url) });
  if (answer.status === 407) throw proxyRefused(request.url);
  return answer;
}

/** One request and its whole answer. @throws the network's own error, AbortError */
export function exchange(request: PlainRequest, connection: RequestOptions): Promise<PlainAnswer> {
  const { method, url, headers, body = '', signal, timeout: limit = TIMEOUT, onSent } = request;
  const timeout = AbortSignal.timeout(limit);
  const options: RequestOptions = {
    ...connection,
    method,
    headers: { Accept: 'application/json', 'User-Agent': 'keyless-pods', ...lengthOf(body), ...headers },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  };
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(timeout.aborted ? new Error(`no answer within ${String(limit / 1000)} s`) : error);
    };
    const outgoing = (url.startsWith('http:') ? http : https).request(url, options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', fail);
      incoming.on('end', () => {
        resolve({
          status: incoming.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('utf8'),
          ...retryAfter(incoming),
        });
      });
    });
    outgoing.on('error', fail);
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
