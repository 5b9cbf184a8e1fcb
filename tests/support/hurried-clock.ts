import { systemClock } from '../../src/runtime/clock.ts';
import type { Clock } from '../../src/runtime/clock.ts';

/** Pauses between two looks are no longer than that in our code; what is longer is a limit for an answer. */
const LONGEST_PAUSE = 10_000;

/** Enough for the sandbox's cluster to go on between two looks. */
const SHORT = 40;

/**
 * A clock for work that waits for a sandbox in this process whose pods, controllers and MIC live in true time. Time is
 * true, so that no budget and no limit ends early on a slow machine; only pauses are short.
 */
export const hurriedClock: Clock = {
  ...systemClock,
  sleep: (milliseconds, signal) =>
    systemClock.sleep(milliseconds > LONGEST_PAUSE ? milliseconds : Math.min(milliseconds, SHORT), signal),
};
