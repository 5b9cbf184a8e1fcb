import type { Clock } from '../../src/runtime/clock.ts';

/** A clock that never waits: sleeping moves its time forward. */
export function fastClock(): Clock & { readonly slept: number[] } {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    date: () => new Date(now),
    sleep: (milliseconds, signal) => {
      if (signal?.aborted) return Promise.reject(signal.reason as Error);
      slept.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
  };
}
