import { setTimeout as delay } from 'node:timers/promises';
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

/** A clock whose time passes `speed` times as fast; the date is the true one, because tokens carry it. */
export function quickClock(speed: number): Clock {
  return {
    now: () => performance.now() * speed,
    date: () => new Date(),
    sleep: async (milliseconds, signal) => {
      try {
        await delay(milliseconds / speed, undefined, signal ? { signal } : {});
      } catch (error) {
        throw signal?.reason instanceof Error ? signal.reason : error;
      }
    },
  };
}
