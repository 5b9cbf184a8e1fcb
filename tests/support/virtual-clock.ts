import type { Clock } from '../../src/runtime/clock.ts';
import { Sleepers } from './sleepers.ts';

export interface VirtualClock extends Clock {
  /** Lets time pass until the work is done: always to the next moment that somebody waits for, once nothing else happens. */
  run<Result>(work: Promise<Result>): Promise<Result>;
}

/** A clock for work that waits in many places at the same time: whole minutes pass in a moment, in the right order. */
export function virtualClock(): VirtualClock {
  const sleepers = new Sleepers();
  return {
    now: () => sleepers.now,
    date: () => new Date(sleepers.now),
    sleep: (milliseconds, signal) => sleepers.sleep(milliseconds, signal),
    run: async (work) => {
      const state = { done: false };
      const finish = (): void => void (state.done = true);
      work.then(finish, finish);
      for (;;) {
        // All that follows from what was woken happens before the next turn of the event loop.
        await new Promise(setImmediate);
        if (state.done) return work;
        if (!sleepers.wakeNext())
          throw new Error(`Nobody sleeps at ${String(sleepers.now)} ms, and the work is not done.`);
      }
    },
  };
}
