/** The end of a run: a line per step with what it said of its changes, and what is different in Azure and the clusters. */
import type { PipelineRun } from '../../sandbox/pipeline/index.ts';
import type { Change } from './changes.ts';
import { type Printer, seconds } from './printer.ts';

export interface Summary {
  readonly run: PipelineRun;
  readonly changes: readonly Change[];
}

export function summarize(printer: Printer, { run, changes }: Summary): void {
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
  printer.say(
    `  ${run.result}: ${String(total)} changes by the tasks, ${String(changes.length)} things different afterwards.`,
  );
}
