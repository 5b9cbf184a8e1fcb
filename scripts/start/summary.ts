/** The end of a run: a line per step with what it said of its changes, and what is different in Azure and the clusters. */
import type { PipelineRun } from '../../sandbox/pipeline/index.ts';
import type { Change } from './changes.ts';
import { type Printer, seconds } from './printer.ts';

export interface Summary {
  readonly run: PipelineRun;
  readonly changes: readonly Change[];
}

/** @returns how many changes the tasks and the state tell of together: 0 for a run that changed nothing. */
export function summarize(printer: Printer, { run, changes }: Summary): number {
  const steps = run.jobs.flatMap((job) => job.steps);
  printer.table([
    ['Step', 'Result', 'Time', 'Changes'],
    ...steps.map(({ step, result, milliseconds, run: taskRun }) => [
      step.displayName,
      result,
      seconds(milliseconds),
      taskRun?.outputVariables['changeCount'] ?? '',
    ]),
  ]);
  printer.say('');
  if (changes.length === 0) printer.say('  Nothing is different in Azure and in the clusters.');
  else
    printer.table([
      ['', 'Where', 'Kind', 'What'],
      ...changes.map(({ sign, place, kind, what }) => [sign, place, kind, what]),
    ]);
  const counted = steps.map(({ run: taskRun }) => Number(taskRun?.outputVariables['changeCount'] ?? 0));
  let total = 0;
  for (const count of counted) total += count;
  printer.say('');
  const different = `${counting(changes.length, 'thing')} different afterwards`;
  printer.say(`  ${run.result}: ${counting(total, 'change')} by the tasks, ${different}.`);
  return total + changes.length;
}

function counting(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}
