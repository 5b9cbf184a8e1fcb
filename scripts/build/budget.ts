/** How large the code of a task may be, and the table that says how large it is. */
import type { Bundle } from './bundle.ts';

/** In bytes. Node reads and compiles what starts in every run, before its first request, so it is the tighter bound. */
export const budget = { atStart: 250_000, whenNeeded: 1_500_000 } as const;

export interface MeasuredTask {
  readonly name: string;
  readonly bundle: Bundle;
}

/** One line for each bound that is exceeded. */
export function budgetProblems({ name, bundle }: MeasuredTask): string[] {
  const problem = (what: string, files: ReadonlyMap<string, number>, bound: number): string[] =>
    total(files) > bound ? [`${name}: ${what} is ${kilobytes(total(files))}, more than ${kilobytes(bound)}`] : [];
  return [
    ...problem('what loads at the start', bundle.atStart, budget.atStart),
    ...problem('what loads when first needed', bundle.whenNeeded, budget.whenNeeded),
  ];
}

export function sizeTable(tasks: readonly MeasuredTask[]): string {
  const rows = tasks.map(({ name, bundle }) => [
    name,
    `${kilobytes(total(bundle.atStart))} of ${kilobytes(budget.atStart)}`,
    `${kilobytes(total(bundle.whenNeeded))} of ${kilobytes(budget.whenNeeded)}`,
  ]);
  return alignColumns([['task', 'at start', 'when needed'], ...rows]);
}

function alignColumns(rows: readonly (readonly string[])[]): string {
  const width = (column: number): number => Math.max(...rows.map((row) => (row[column] ?? '').length));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(width(column)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function total(files: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const bytes of files.values()) sum += bytes;
  return sum;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
