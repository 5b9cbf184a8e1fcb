import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Outcome } from './outcome.ts';
import type { CheckResult } from './check.ts';
import type { Plan, PlannedChange } from './plan.ts';
import type { PodRow } from './pods.ts';

/** What happens in a run, in order. The log and the report are both drawn from these, so they cannot disagree. */
export type RunEvent =
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'warning'; readonly diagnostic: Diagnostic }
  | { readonly type: 'planned'; readonly plan: Plan; readonly mode: RunMode }
  | { readonly type: 'outcome'; readonly change: PlannedChange; readonly outcome: Outcome }
  | { readonly type: 'waiting'; readonly what: string; readonly measured: string }
  | { readonly type: 'settled'; readonly what: string; readonly measured: string; readonly milliseconds: number }
  | { readonly type: 'checked'; readonly check: CheckResult }
  /** All pods that were asked. */
  | { readonly type: 'pods'; readonly rows: readonly PodRow[] };

export type RunMode = 'apply' | 'preview' | 'remove';

export type RunObserver = (event: RunEvent) => void;
