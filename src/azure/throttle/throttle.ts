import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import { formatDuration } from '../../runtime/budget.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { RequestKind } from './answer.ts';
import { kindOf, pauseOf, remainingOf } from './answer.ts';
import { Bucket } from './bucket.ts';

/** Azure lets no request of this kind through for so long. */
export interface ThrottleWait {
  readonly kind: RequestKind;
  /** Undefined for requests that belong to no subscription. */
  readonly subscriptionId: string | undefined;
  readonly milliseconds: number;
}

export interface ThrottleContext {
  readonly clock: Clock;
  /** Ends waits; a request that is under way is awaited. */
  readonly signal: AbortSignal;
  /**
   * Milliseconds that a refused request may go on waiting; `since`: when it arrived, or when Azure last let one of its
   * kind through, whichever was later.
   */
  patience(since: number): number;
  /** Told of a pause of a second or more, at most every {@link TELL_AGAIN} for the same kind and subscription. */
  onWait(wait: ThrottleWait): void;
  /** From 0 to 1. */
  random(): number;
}

/** `Azure throttles writes in subscription ...`, for a sentence that goes on. */
export function throttleText({ kind, subscriptionId }: Pick<ThrottleWait, 'kind' | 'subscriptionId'>): string {
  return `Azure throttles ${kind}${subscriptionId === undefined ? '' : ` in subscription ${subscriptionId}`}`;
}

const TELL_AGAIN = 30_000;
const TELL_FROM = 1_000;

/** Azure's documented refill: 25 reads, 10 writes and 10 deletes a second. */
const refill: Readonly<Record<RequestKind, number>> = { reads: 40, writes: 100, deletes: 100 };

interface Counted {
  readonly kind: RequestKind;
  readonly subscriptionId: string | undefined;
  readonly bucket: Bucket;
  told: number;
}

/**
 * Sends requests to Azure Resource Manager as fast as it takes them. One gate for each thing that it counts (requests of
 * a kind in a subscription): a refusal there (429) holds back all of that kind and nothing else, and the refused request
 * is sent again. The SDKs alone would repeat each by itself, three times and no more.
 * @throws DiagnosticError AZR007 from sendRequest where the pause is longer than the patience
 */
export function throttled(inner: HttpClient, context: ThrottleContext): HttpClient {
  const buckets = new Map<string, Counted>();
  return {
    sendRequest: async (request) => send(inner, { request, counted: bucketOf(buckets, request, context), context }),
  };
}

function bucketOf(buckets: Map<string, Counted>, { url, method }: PipelineRequest, context: ThrottleContext): Counted {
  const { host, pathname } = new URL(url);
  const kind = kindOf(method);
  // An SDK writes a slash of its own before a scope that begins with one.
  const subscriptionId = /^\/+subscriptions\/([^/]+)/i.exec(pathname)?.[1]?.toLowerCase();
  const key = [host, subscriptionId ?? '', kind].join(' ');
  const known = buckets.get(key);
  if (known) return known;
  const made = { kind, subscriptionId, bucket: new Bucket({ ...context, refill: refill[kind] }), told: -Infinity };
  buckets.set(key, made);
  return made;
}

interface Sending {
  readonly request: PipelineRequest;
  readonly counted: Counted;
  readonly context: ThrottleContext;
}

async function send(inner: HttpClient, { request, counted, context }: Sending): Promise<PipelineResponse> {
  const { bucket, kind } = counted;
  const arrived = context.clock.now();
  for (;;) {
    requirePatience(counted, context, arrived);
    if (!(await bucket.enter())) continue;
    const response = await attempt(inner, request, bucket);
    if (response.status !== 429) {
      bucket.passed(remainingOf(response, kind));
      return response;
    }
    tell(counted, context, bucket.refused(pauseOf(response, context.clock.date())));
  }
}

async function attempt(inner: HttpClient, request: PipelineRequest, bucket: Bucket): Promise<PipelineResponse> {
  try {
    return await inner.sendRequest(request);
  } catch (error) {
    bucket.ended();
    throw error;
  }
}

function requirePatience({ bucket, kind, subscriptionId }: Counted, context: ThrottleContext, arrived: number): void {
  const { pause } = bucket;
  if (pause <= Math.max(0, context.patience(Math.max(arrived, bucket.lastPass ?? arrived)))) return;
  throw new DiagnosticError('AZR007', {
    message: `${throttleText({ kind, subscriptionId })} and asks for a pause of ${formatDuration(pause)}, which is longer than the time that is left for waits (timeoutInMinutes).`,
  });
}

function tell(counted: Counted, context: ThrottleContext, milliseconds: number): void {
  const now = context.clock.now();
  if (milliseconds < TELL_FROM || now - counted.told < TELL_AGAIN) return;
  counted.told = now;
  context.onWait({ kind: counted.kind, subscriptionId: counted.subscriptionId, milliseconds });
}
