import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../src/runtime/clock.ts';
import { Sleepers } from './sleepers.ts';

/** Nothing happens where nothing happened for that many rounds, each of some turns of the event loop. */
const ROUNDS = 5;
const ROUND_MILLISECONDS = 2;
const TURNS = 4;

/**
 * A clock for work that talks to servers in this process. Time stands still while anything goes on, however slow the
 * machine is, and leaps to the next moment that somebody waits for once nothing does: what takes minutes of pauses is over
 * in a moment. The date is the true one, because tokens carry it.
 * @param happened grows with everything that happens between the work and its servers
 */
export function leapingClock(happened: () => number): Clock {
  const sleepers = new Sleepers();
  let watching = false;
  const count = (): number => happened() + sleepers.registered;
  const isQuiet = async (): Promise<boolean> => {
    const before = count();
    for (let round = 0; round < ROUNDS; round += 1) {
      await delay(ROUND_MILLISECONDS);
      for (let left = TURNS; left > 0; left -= 1) await turn();
      if (count() !== before) return false;
    }
    return true;
  };
  const watch = async (): Promise<void> => {
    watching = true;
    while (sleepers.waiting > 0) if (await isQuiet()) sleepers.wakeNext();
    watching = false;
  };
  return {
    now: () => sleepers.now,
    date: () => new Date(),
    sleep: (milliseconds, signal) => {
      const slept = sleepers.sleep(milliseconds, signal);
      if (!watching) void watch();
      return slept;
    },
  };
}
