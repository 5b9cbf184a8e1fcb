import type { Budget } from '../../runtime/budget.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Stop } from '../../runtime/stop.ts';
import type { RequestLimits } from './limits.ts';
import { requestLimits } from './limits.ts';

/** For how long and how often requests are tried. */
export interface Patience {
  readonly clock: Clock;
  /** Of the whole step. */
  readonly budget: Budget;
  readonly limits: RequestLimits;
  readonly stop: Stop;
  /** From 0 to 1: agents that failed together do not come back together. */
  readonly random: () => number;
}

export function patienceOf(run: Pick<Patience, 'clock' | 'budget' | 'stop'>): Patience {
  return { ...run, limits: requestLimits(run.budget.total), random: Math.random };
}
