import type { WalkResult } from '../engine/walk.ts';
import { formatDuration } from '../runtime/budget.ts';
import { count } from '../runtime/text.ts';

/** What was counted in a run. */
export function summaryOf({ plan, outcomes, checks, changeCount }: WalkResult): string {
  const unchanged = plan.changes.filter(({ difference }) => difference.action === 'none').length;
  const planned = outcomes.length === 0 && changeCount > 0 ? ' planned' : '';
  const parts = [
    ...(plan.changes.length > 0 ? [`${count(changeCount, 'change')}${planned}`, `${String(unchanged)} unchanged`] : []),
    ...(checks.length > 0
      ? [`${count(checks.filter(({ status }) => status === 'passed').length, 'check')} passed`]
      : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'nothing to do';
}

/** The last line of a run: what was counted, and how long it took. */
export function summaryLine(summary: string, milliseconds: number): string {
  return `Done: ${summary} (${formatDuration(milliseconds)}).`;
}
