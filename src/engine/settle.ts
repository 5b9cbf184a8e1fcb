import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { Budget } from '../runtime/budget.ts';
import { formatDuration } from '../runtime/budget.ts';
import type { Clock } from '../runtime/clock.ts';
import type { RunObserver } from './events.ts';

/** What a look at something that takes time found. `measured` is what a reader would want to see: `2 of 3 nodes ready`. */
export type Settlement =
  | { readonly state: 'settled'; readonly measured: string }
  | { readonly state: 'waiting'; readonly measured: string }
  | { readonly state: 'hopeless'; readonly diagnostic: Diagnostic };

/** Something that the platform does in its own time after a write. */
export interface Wait {
  /** As in "waiting for ...". */
  readonly what: string;
  measure(signal: AbortSignal): Promise<Settlement>;
  /** What to say when the budget ends first. */
  timedOut(measured: string): Diagnostic;
}

export interface SettleContext {
  readonly clock: Clock;
  readonly budget: Budget;
  readonly observer: RunObserver;
  readonly signal: AbortSignal;
}

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;

/** Looks until it is settled. Tells the observer only when the measurement changed. Throws when hopeless or out of time. */
export async function settle(wait: Wait, { clock, budget, observer, signal }: SettleContext): Promise<void> {
  const started = clock.now();
  let pause = FIRST_PAUSE;
  let last: string | undefined;
  for (;;) {
    const seen = await wait.measure(signal);
    if (seen.state === 'hopeless') throw DiagnosticError.of(seen.diagnostic);
    const milliseconds = clock.now() - started;
    if (seen.state === 'settled') {
      observer({ type: 'settled', what: wait.what, measured: seen.measured, milliseconds });
      return;
    }
    if (seen.measured !== last) {
      observer({ type: 'waiting', what: wait.what, measured: seen.measured });
      last = seen.measured;
      pause = FIRST_PAUSE;
    }
    if (budget.remaining() <= 0) throw outOfTime(wait, seen.measured, budget);
    await clock.sleep(Math.min(pause, budget.remaining()), signal);
    pause = Math.min(pause * 1.5, LONGEST_PAUSE);
  }
}

function outOfTime(wait: Wait, measured: string, budget: Budget): DiagnosticError {
  const known = wait.timedOut(measured);
  const spent = `Waited for ${wait.what} within a budget of ${formatDuration(budget.total)} (timeoutInMinutes); last seen: ${measured}.`;
  return DiagnosticError.of({ ...known, cause: `${spent} ${known.cause}` });
}
