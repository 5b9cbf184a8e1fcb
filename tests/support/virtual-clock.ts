import type { Clock } from '../../src/runtime/clock.ts';

export interface VirtualClock extends Clock {
  /** Lets time pass until the work is done: always to the next moment that somebody waits for, once nothing else happens. */
  run<Result>(work: Promise<Result>): Promise<Result>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock for work that waits in many places at the same time: whole minutes pass in a moment, in the right order. */
export function virtualClock(): VirtualClock {
  let now = 0;
  const sleepers = new Set<Sleeper>();
  return {
    now: () => now,
    date: () => new Date(now),
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const end = (how: () => void): void => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', stop);
          how();
        };
        const stop = (): void => {
          end(() => {
            reject(signal?.reason as Error);
          });
        };
        const wake = (): void => {
          end(resolve);
        };
        const sleeper: Sleeper = { at: now + milliseconds, wake };
        sleepers.add(sleeper);
        if (signal?.aborted) stop();
        else signal?.addEventListener('abort', stop, { once: true });
      }),
    run: async (work) => {
      const state = { done: false };
      const finish = (): void => void (state.done = true);
      work.then(finish, finish);
      for (;;) {
        // All that follows from what was woken happens before the next turn of the event loop.
        await new Promise(setImmediate);
        if (state.done) return work;
        const next = [...sleepers].sort((left, right) => left.at - right.at)[0];
        if (!next) throw new Error(`Nobody sleeps at ${String(now)} ms, and the work is not done.`);
        now = next.at;
        next.wake();
      }
    },
  };
}
