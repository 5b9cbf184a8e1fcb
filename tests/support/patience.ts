import type { Patience } from '../../src/azure/patience/patience.ts';
import { startBudget } from '../../src/runtime/budget.ts';
import type { Clock } from '../../src/runtime/clock.ts';

/** Ten minutes of it, by this clock; a try itself may take as long as it likes, and pauses are not varied. */
export function aPatience(clock: Clock, overrides: Partial<Patience> = {}): Patience {
  const { signal } = new AbortController();
  return {
    clock,
    budget: startBudget(clock, 600_000),
    limits: { read: Infinity, write: Infinity, metadata: Infinity, whole: 300_000 },
    stop: { requested: signal, lastCall: signal },
    random: () => 0.5,
    ...overrides,
  };
}

/** For tests with real servers and the real time: nothing there takes longer. */
export const realLimits: Patience['limits'] = { read: 10_000, write: 10_000, metadata: 10_000, whole: 20_000 };
