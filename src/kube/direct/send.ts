import https from 'node:https';
import { REFUSED_TUNNEL, TunnelRefused } from '../../azure/tunnel-refused.ts';
import type { Budget } from '../../runtime/budget.ts';
import type { Clock } from '../../runtime/clock.ts';
import { KubeRefusal, readStatus } from '../refusal.ts';
import type { KubeRequest } from '../transport.ts';
import type { Endpoint } from './endpoint.ts';
import { isTransient } from '../transient.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
  /** Milliseconds, where the API server says when to come back. */
  readonly retryAfter: number | undefined;
}

/** For one try of one request. Long enough for a slow admission webhook (30 s at most). */
const TIMEOUT = 60_000;
const TRIES = 6;

export interface SendContext {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly budget: Budget;
}

/**
 * Sends a request and gives the body of a success. All requests of the product are safe to repeat, so transient
 * failures are, within the budget. @throws KubeRefusal, or the network's error
 */
export async function send(request: KubeRequest, { endpoint, clock, budget }: SendContext): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    request.signal?.throwIfAborted();
    let pause = 250 * 2 ** (attempt - 1);
    try {
      const answer = await once(request, endpoint);
      if (answer.status < 400) return answer.body;
      pause = answer.retryAfter ?? pause;
      throw new KubeRefusal(readStatus(answer.status, answer.body));
    } catch (error) {
      request.signal?.throwIfAborted();
      if (!isTransient(error) || attempt === TRIES || budget.remaining() < pause) throw error;
    }
    await clock.sleep(pause, request.signal);
  }
}

async function once(request: KubeRequest, endpoint: Endpoint): Promise<Answer> {
  const { method, path, query = {}, body, contentType = 'application/json' } = request;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const search = new URLSearchParams(query).toString();
  const url = `${endpoint.server}${path}${search === '' ? '' : `?${search}`}`;
  const timeout = AbortSignal.timeout(TIMEOUT);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  const headers = {
    ...(await endpoint.headers()),
    Accept: 'application/json',
    'User-Agent': 'keyless-pods',
    ...(text === undefined ? {} : { 'Content-Type': contentType, 'Content-Length': String(Buffer.byteLength(text)) }),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(timeout.aborted ? new Error(`no answer within ${String(TIMEOUT / 1000)} s`) : error);
    };
    const outgoing = https.request(
      url,
      { ...endpoint.tls, method, headers, agent: endpoint.agent, signal },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', fail);
        incoming.on('end', () => {
          // Who wants a password of the proxy is told so in words of its own.
          if (incoming.headers[REFUSED_TUNNEL] !== undefined && incoming.statusCode !== 407)
            fail(new TunnelRefused(incoming.statusCode ?? 0));
          const seconds = Number(incoming.headers['retry-after']);
          const retryAfter = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8'), retryAfter });
        });
      },
    );
    outgoing.on('error', fail);
    outgoing.end(text);
  });
}
