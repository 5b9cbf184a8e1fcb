import type { Clock } from './clock.ts';

/** The time that a run may spend on waiting, shared by everything in it that waits. */
export interface Budget {
  /** Milliseconds in all. */
  readonly total: number;
  /** Milliseconds left, never below 0. */
  remaining(): number;
}

export function startBudget(clock: Clock, milliseconds: number): Budget {
  const end = clock.now() + milliseconds;
  return { total: milliseconds, remaining: () => Math.max(0, end - clock.now()) };
}

/** For work with many waits that do not have to share: each may take all of it. */
export function budgetForEach(milliseconds: number): Budget {
  return { total: milliseconds, remaining: () => milliseconds };
}

/** `90 s`, `5 min`: a length of time as a log line says it. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 1) return `${String(Math.round(milliseconds))} ms`;
  if (seconds < 120) return `${String(Math.round(seconds * 10) / 10)} s`;
  return `${String(Math.round(seconds / 6) / 10)} min`;
}
