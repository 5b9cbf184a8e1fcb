/**
 * Resource Manager's throttling. Source: "Understand how Azure Resource Manager throttles requests" (migration to regional
 * throttling and token bucket): a bucket for each principal in each subscription and kind of operation; 15 times as much
 * for all principals of a subscription together; the same numbers for requests of the tenant. Refused requests cost nothing.
 */
import { systemClock, type Clock } from '../../kit/clock.ts';
import type { Throttling, ThrottlingSpec } from '../../scenario/types.ts';
import type { Caller } from './errors.ts';
import { ArmRefusal } from './refusal.ts';
import { createTokenBucket, type BucketLimits, type TokenBucket } from './token-bucket.ts';

export interface ThrottledRequest {
  readonly method: string;
  readonly caller: Caller;
  /** Undefined for requests of the tenant. */
  readonly subscriptionId: string | undefined;
}

/** Headers that say what remains; none where nothing is limited. @throws ArmRefusal 429 with `Retry-After` */
export type Throttle = (request: ThrottledRequest) => Readonly<Record<string, string>>;

type Kind = 'reads' | 'writes' | 'deletes';

/** What Azure documents for every subscription and tenant. */
export const documentedLimits: Readonly<Record<Kind, BucketLimits>> = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
  deletes: { size: 200, perSecond: 10 },
};

/** All principals of a subscription together have this many times as much. */
const globalFactor = 15;

export function createThrottle(throttling: Throttling = {}, now: Clock = systemClock): Throttle {
  if (throttling === 'off') return () => ({});
  const buckets = new Map<string, TokenBucket>();
  const bucket = (key: string, limits: BucketLimits): TokenBucket => {
    const found = buckets.get(key) ?? createTokenBucket(limits, now);
    buckets.set(key, found);
    return found;
  };
  return (request) => {
    const kind = kindOf(request.method);
    const limits = limitsOf(throttling, kind);
    const [place, where] = placeOf(request);
    const header = `x-ms-ratelimit-remaining-${place}`;
    const own = { name: `${header}-${kind}`, bucket: bucket([kind, where, request.caller.objectId].join(' '), limits) };
    const shared = {
      name: `${header}-global-${kind}`,
      bucket: bucket([kind, where].join(' '), scaled(limits, globalFactor)),
    };
    const asked = place === 'subscription' ? [own, shared] : [own];
    const empty = asked.find((one) => one.bucket.remaining() < 1);
    if (empty) throw throttled(request, kind, { [empty.name]: '0' }, empty.bucket.secondsToNext());
    for (const one of asked) one.bucket.take();
    return Object.fromEntries(asked.map((one) => [one.name, String(one.bucket.remaining())]));
  };
}

/** Everything that is not read and not deleted counts as a write: actions by POST, too. */
function kindOf(method: string): Kind {
  if (method === 'GET' || method === 'HEAD') return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}

function placeOf({ caller, subscriptionId }: ThrottledRequest): readonly ['subscription' | 'tenant', string] {
  return subscriptionId === undefined ? ['tenant', caller.tenantId] : ['subscription', subscriptionId.toLowerCase()];
}

function limitsOf({ speed = 1, ...written }: ThrottlingSpec, kind: Kind): BucketLimits {
  const { size, perSecond } = written[kind] ?? documentedLimits[kind];
  return { size, perSecond: perSecond * speed };
}

function scaled({ size, perSecond }: BucketLimits, factor: number): BucketLimits {
  return { size: size * factor, perSecond: perSecond * factor };
}

/** Text as public logs quote it (2025). For requests of the tenant it is assumed to be the same with "tenant". */
function throttled(
  request: ThrottledRequest,
  kind: Kind,
  remaining: Readonly<Record<string, string>>,
  seconds: number,
): ArmRefusal {
  const { caller, subscriptionId } = request;
  const [code, where] =
    subscriptionId === undefined
      ? ['TenantRequestsThrottled', `tenant '${caller.tenantId}'`]
      : ['SubscriptionRequestsThrottled', `subscription '${subscriptionId}'`];
  return new ArmRefusal(
    429,
    code,
    `Number of '${kind.slice(0, -1)}' requests for ${where} actor '${caller.objectId}' exceeded. Please try again after '${String(seconds)}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.`,
    { 'retry-after': String(seconds), ...remaining },
  );
}
