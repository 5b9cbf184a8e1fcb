/**
 * Resource Graph's own quota of queries. Source: "Guidance for throttled requests in Azure Resource Graph": at most 15
 * queries of a user within every window of 5 seconds; its headers take the place of Resource Manager's.
 */
import type { Clock } from '../../../kit/clock.ts';
import { graphErrors } from './refusal.ts';

const queries = 15;
const window = 5000;

/** Headers that say what remains of the caller's window. @throws GraphRefusal 429 */
export type QueryQuota = (objectId: string) => Readonly<Record<string, string>>;

/** `speed` makes the windows shorter. */
export function createQueryQuota(speed: number, now: Clock): QueryQuota {
  const length = window / speed;
  const windows = new Map<string, { readonly start: number; used: number }>();
  return (objectId) => {
    const time = now();
    const known = windows.get(objectId);
    const current = known && time - known.start < length ? known : { start: time, used: 0 };
    windows.set(objectId, current);
    const headers = (): Record<string, string> => ({
      'x-ms-user-quota-remaining': String(queries - current.used),
      'x-ms-user-quota-resets-after': duration(current.start + length - time),
    });
    if (current.used >= queries) throw graphErrors.throttled(headers());
    current.used += 1;
    return headers();
  };
}

/** hh:mm:ss */
function duration(milliseconds: number): string {
  return new Date(Math.ceil(milliseconds / 1000) * 1000).toISOString().slice(11, 19);
}
