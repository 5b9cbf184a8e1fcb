import type { Patience } from './patience.ts';
import type { Efforts } from './unanswered.ts';

/** Before the second, third, ... try, in milliseconds, where the service names no other pause. */
const PAUSES = [1_000, 2_000, 4_000, 8_000];

/** How one try ended. */
export type End<Answer> = { readonly answer: Answer } | { readonly error: unknown };

export interface Outlook {
  /** Whether the next try may end better. */
  readonly passes: boolean;
  /** Milliseconds that the service wants to be left alone. */
  readonly asked?: number | undefined;
}

/**
 * Tries until an end does not pass, or until the tries or the time for them are used up. Never throws what a try threw;
 * rejects where the run is stopped in a pause.
 */
export async function persist<Answer>(
  once: () => Promise<Answer>,
  outlook: (end: End<Answer>) => Outlook,
  patience: Patience,
): Promise<{ readonly end: End<Answer>; readonly efforts: Efforts }> {
  const { clock, stop } = patience;
  const started = clock.now();
  for (let tries = 1; ; tries += 1) {
    const end = await attempt(once);
    const efforts = { tries, milliseconds: clock.now() - started };
    const pause = pauseAfter(outlook(end), efforts, patience);
    if (pause === undefined) return { end, efforts };
    await clock.sleep(pause, stop.requested);
  }
}

async function attempt<Answer>(once: () => Promise<Answer>): Promise<End<Answer>> {
  try {
    return { answer: await once() };
  } catch (error) {
    return { error };
  }
}

/** Undefined where there is to be no other try. */
function pauseAfter(
  { passes, asked }: Outlook,
  { tries, milliseconds }: Efforts,
  { budget, limits, random }: Patience,
): number | undefined {
  if (!passes) return undefined;
  // A run that took all its time for waits must not fail of a connection that breaks once.
  const left = Math.max(budget.remaining(), budget.total / 20);
  // A service that says "later" for ever has an end, too, where the budget is none that runs out.
  if (asked !== undefined) return asked < Math.min(left, budget.total - milliseconds) ? asked : undefined;
  const usual = PAUSES[tries - 1];
  if (usual === undefined) return undefined;
  const pause = usual * (0.75 + 0.5 * random());
  return pause < Math.min(limits.whole - milliseconds, left) ? pause : undefined;
}
