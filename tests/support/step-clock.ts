import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../src/runtime/clock.ts';

export interface StepClock extends Clock {
  /** Lets time pass until the work is done, and only in pauses. */
  run<Result>(work: Promise<Result>): Promise<Result>;
  /** Lets time pass while nobody works. */
  pass(milliseconds: number): void;
}

/** Milliseconds or more without any progress, after which a run hangs. */
const PATIENCE = 20_000;

interface Sleeper {
  readonly at: number;
  readonly milliseconds: number;
  readonly wake: () => void;
}

/**
 * A clock for runs that talk to real servers: an hour of pauses passes in a moment, but no time at all while a request
 * is under way, so that none is given up because the machine is busy. `limits` tell the two apart: whoever sleeps for
 * exactly one of these times waits for an answer, and everybody else is in a pause.
 */
export function stepClock(limits: ReadonlySet<number>): StepClock {
  const began = Date.now();
  let now = 0;
  const sleepers = new Set<Sleeper>();
  return {
    now: () => now,
    date: () => new Date(began + now),
    pass: (milliseconds) => {
      now += milliseconds;
    },
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
        const sleeper: Sleeper = {
          at: now + milliseconds,
          milliseconds,
          wake: () => {
            end(resolve);
          },
        };
        sleepers.add(sleeper);
        if (signal?.aborted) stop();
        else signal?.addEventListener('abort', stop, { once: true });
      }),
    run: async (work) => {
      const state = { done: false };
      const finish = (): void => void (state.done = true);
      work.then(finish, finish);
      for (let quiet = 0; quiet < PATIENCE; quiet += 1) {
        await delay(1);
        if (state.done) return work;
        const all = [...sleepers].sort((left, right) => left.at - right.at);
        const [next] = all;
        if (!next || all.some(({ milliseconds }) => limits.has(milliseconds))) continue;
        now = Math.max(now, next.at);
        next.wake();
        quiet = 0;
      }
      const waiting = [...sleepers].map(({ milliseconds }) => milliseconds).join(', ');
      throw new Error(`Nothing happens at ${String(now)} ms; sleeping: ${waiting}.`);
    },
  };
}
