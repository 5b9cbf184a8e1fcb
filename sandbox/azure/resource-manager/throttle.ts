/**
 * Resource Manager's throttling. Source: "Understand how Azure Resource Manager throttles requests" (migration to regional
 * throttling and token bucket): a bucket for each principal in each subscription and kind of operation; 15 times as much
 * for all principals of a subscription together; the same numbers for requests of the tenant. Refused requests cost nothing.
 */
import { systemClock, type Clock } from '../../kit/clock.ts';
import type { Throttling, ThrottlingSpec } from '../../scenario/types.ts';
import type { Caller } from './errors.ts';
import { ArmRefusal } from './refusal.ts';
import { createQueryQuota } from './resource-graph/quota.ts';
import { createTokenBucket, type BucketLimits, type TokenBucket } from './token-bucket.ts';

export interface ThrottledRequest {
  readonly method: string;
  readonly caller: Caller;
  readonly path: string;
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
  const queries = createQueryQuota(throttling.speed ?? 1, now);
  return (request) => {
    if (isQuery(request)) return queries(request.caller.objectId);
    const kind = kindOf(request.method);
    const limits = limitsOf(throttling, kind);
    const { place, id } = placeOf(request);
    const header = `x-ms-ratelimit-remaining-${place.toLowerCase()}`;
    const own = { name: `${header}-${kind}`, bucket: bucket([kind, id, request.caller.objectId].join(' '), limits) };
    const shared = {
      name: `${header}-global-${kind}`,
      bucket: bucket([kind, id].join(' '), scaled(limits, globalFactor)),
    };
    const asked = place === 'Subscription' ? [own, shared] : [own];
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

function isQuery({ path }: ThrottledRequest): boolean {
  return path.toLowerCase().startsWith('/providers/microsoft.resourcegraph/');
}

function placeOf({ caller, path }: ThrottledRequest): {
  readonly place: 'Subscription' | 'Tenant';
  readonly id: string;
} {
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1]?.toLowerCase();
  return subscription === undefined
    ? { place: 'Tenant', id: caller.tenantId }
    : { place: 'Subscription', id: subscription };
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
  const { place, id } = placeOf(request);
  return new ArmRefusal(
    429,
    `${place}RequestsThrottled`,
    `Number of '${kind.slice(0, -1)}' requests for ${place.toLowerCase()} '${id}' actor '${request.caller.objectId}' exceeded. Please try again after '${String(seconds)}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.`,
    { 'retry-after': String(seconds), ...remaining },
  );
}
