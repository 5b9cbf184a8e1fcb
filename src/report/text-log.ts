import type { RunEvent, RunMode, RunObserver } from '../engine/events.ts';
import { changeCount } from '../engine/plan.ts';
import type { Plan, PlannedChange } from '../engine/plan.ts';
import type { Outcome } from '../engine/outcome.ts';
import { assertNever } from '../runtime/assert-never.ts';
import { formatDuration } from '../runtime/budget.ts';
import type { CheckResult } from '../engine/check.ts';
import { count } from '../runtime/text.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { podTable } from './pod-table.ts';

/** Where log lines go. Everything may hold text from Azure or Kubernetes, so the host prints all of it as external output. */
export interface Log {
  line(text: string): void;
  /** An issue of the step: shown on the run's page, too. */
  warning(text: string): void;
}

/** Draws a run in the log: plan table, one line per change, waits when something moved. */
export function textLog(log: Log): RunObserver {
  return (event: RunEvent) => {
    if (event.type === 'warning') log.warning(diagnosticText(event.diagnostic));
    else for (const line of linesOf(event)) log.line(line);
  };
}

function linesOf(event: Exclude<RunEvent, { readonly type: 'warning' }>): readonly string[] {
  switch (event.type) {
    case 'note':
      return [event.text];
    case 'planned':
      return planTable(event.plan, event.mode);
    case 'outcome':
      return [outcomeLine(event.change, event.outcome)];
    case 'waiting':
      return [`  ... ${event.what}: ${event.measured}`];
    case 'settled':
      return [`  ok  ${event.what}: ${event.measured}${took(event.milliseconds)}`];
    case 'checked':
      return checkLines(event.check);
    case 'pods':
      // One pod is told by its checks.
      return event.rows.length > 1 ? podTable(event.rows) : [];
    default:
      return assertNever(event);
  }
}

const symbols = { create: '+', update: '~', delete: '-', none: '=', blocked: '!' } as const;

/** The plan as a table with a legend of the symbols that it uses, and a count. */
export function planTable(plan: Plan, mode: RunMode): string[] {
  const rows = changeLines(plan);
  const used = [...new Set(plan.changes.map(({ difference }) => difference.action))];
  const legend = used.map((action) => `${symbols[action]} ${action === 'none' ? 'unchanged' : action}`).join('   ');
  const changes = changeCount(plan);
  const verb = mode === 'preview' ? 'would be made' : 'to make';
  return [`Plan (${legend})`, ...rows, changes === 0 ? 'Nothing to change.' : `${count(changes, 'change')} ${verb}.`];
}

/** The lines of the table alone. */
export function changeLines({ changes }: Plan): string[] {
  const width = Math.max(...changes.map(({ kind }) => kind.length), 0);
  return changes.flatMap((change) => planRows(change, width));
}

function planRows({ kind, title, difference }: PlannedChange, width: number): string[] {
  const head = `  ${symbols[difference.action]} ${kind.padEnd(width)}  ${title}`;
  switch (difference.action) {
    case 'blocked':
      return [head, `      blocked [${difference.diagnostic.code}]: ${difference.diagnostic.message}`];
    case 'update':
      return [
        head + noted(difference.note),
        ...difference.fields.map(({ field, from, to }) => `      ${field}: ${from} -> ${to}`),
      ];
    case 'create':
    case 'delete':
    case 'none':
      return [head + noted(difference.note)];
    default:
      return assertNever(difference);
  }
}

function noted(note: string | undefined): string {
  return note === undefined ? '' : `  (${note})`;
}

const done = { create: 'created', update: 'updated', delete: 'deleted' } as const;

function outcomeLine({ kind }: PlannedChange, outcome: Outcome): string {
  switch (outcome.result) {
    case 'done':
      return `  ${done[outcome.action]}  ${kind}  ${outcome.title}`;
    case 'unchanged':
      return `  unchanged  ${kind}  ${outcome.title}`;
    case 'failed':
      return `  FAILED to ${outcome.action}  ${kind}  ${outcome.title}  [${outcome.diagnostic.code}] ${outcome.diagnostic.message}`;
    case 'skipped':
      return `  skipped  ${kind}  ${outcome.title}: ${outcome.because}`;
    default:
      return assertNever(outcome);
  }
}

function took(milliseconds: number): string {
  return milliseconds < 500 ? '' : ` (${formatDuration(milliseconds)})`;
}

function follows(code: string | undefined): string {
  return code === undefined ? '' : ` (follows from ${code})`;
}

function checkLines(check: CheckResult): string[] {
  switch (check.status) {
    case 'passed':
      return [`  ok  ${check.title}: ${check.found}`];
    case 'failed':
      return [
        `  NO  ${check.title}: [${check.diagnostic.code}] ${check.diagnostic.message}${follows(check.followsFrom)}`,
      ];
    case 'warned':
      return [`  !   ${check.title}: [${check.diagnostic.code}] ${check.diagnostic.message}`];
    case 'skipped':
    case 'unknown':
      return [`  -   ${check.title}: ${check.status}, ${check.because}`];
    default:
      return assertNever(check);
  }
}
