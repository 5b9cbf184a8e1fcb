import type { Clock } from '../../runtime/clock.ts';
import { NoAnswerInTime } from './unanswered.ts';

export interface TimeLimit {
  readonly clock: Clock;
  /** Milliseconds; `Infinity` for none. */
  readonly limit: number;
  /** Ends the wait as well, with its reason. */
  readonly stopped: AbortSignal;
}

/**
 * Does the work and gives it up where it takes too long: `giveUp` is aborted then, and whatever the work comes to is
 * ignored. @throws NoAnswerInTime, the reason of `stopped`, and what the work throws
 */
export async function withinTime<Result>(
  { clock, limit, stopped }: TimeLimit,
  work: (giveUp: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const [giveUp, done] = [new AbortController(), new AbortController()];
  try {
    return await Promise.race([work(giveUp.signal), expiry({ clock, limit, stopped }, done.signal)]);
  } catch (error) {
    giveUp.abort();
    throw error;
  } finally {
    done.abort();
  }
}

async function expiry({ clock, limit, stopped }: TimeLimit, done: AbortSignal): Promise<never> {
  stopped.throwIfAborted();
  const ended = AbortSignal.any([done, stopped]);
  if (limit === Infinity) return never(ended);
  await clock.sleep(limit, ended);
  throw new NoAnswerInTime(limit);
}

function never(ended: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    ended.addEventListener('abort', () => {
      reject(ended.reason as Error);
    });
  });
}
