import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../src/runtime/clock.ts';
import { Sleepers } from './sleepers.ts';

export interface StepClock extends Clock {
  /** Lets time pass until the work is done, and only in pauses. */
  run<Result>(work: Promise<Result>): Promise<Result>;
  /** Lets time pass while nobody works. */
  pass(milliseconds: number): void;
}

/** Milliseconds or more without any progress, after which a run hangs. */
const PATIENCE = 20_000;

/**
 * A clock for runs that talk to real servers: an hour of pauses passes in a moment, but no time at all while a request
 * is under way, so that none is given up because the machine is busy. `limits` tell the two apart: whoever sleeps for
 * exactly one of these times waits for an answer, and everybody else is in a pause.
 */
export function stepClock(limits: ReadonlySet<number>): StepClock {
  const began = Date.now();
  const sleepers = new Sleepers();
  return {
    now: () => sleepers.now,
    date: () => new Date(began + sleepers.now),
    pass: (milliseconds) => {
      sleepers.pass(milliseconds);
    },
    sleep: (milliseconds, signal) => sleepers.sleep(milliseconds, signal),
    run: async (work) => {
      const state = { done: false };
      const finish = (): void => void (state.done = true);
      work.then(finish, finish);
      for (let quiet = 0; quiet < PATIENCE; quiet += 1) {
        await delay(1);
        if (state.done) return work;
        const isAnswerAwaited = sleepers.durations.some((milliseconds) => limits.has(milliseconds));
        if (!isAnswerAwaited && sleepers.wakeNext()) quiet = 0;
      }
      throw new Error(`Nothing happens at ${String(sleepers.now)} ms; sleeping: ${sleepers.durations.join(', ')}.`);
    },
  };
}
