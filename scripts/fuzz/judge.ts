/** What is asked of every run, whatever it was given. */
import process from 'node:process';
import type { InProcessRun } from '../../tests/support/in-process.ts';
import { outputOf } from '../../tests/support/in-process.ts';
import { findLeaks } from '../../tests/support/leaks.ts';
import { strangeCommands } from './agent-output.ts';
import type { Place } from './place.ts';

/** Errors that nobody caught since they were asked for last. */
const uncaught: string[] = [];
process.on('uncaughtExceptionMonitor', (error) => uncaught.push(String(error.stack)));
process.on('unhandledRejection', (reason) =>
  uncaught.push(reason instanceof Error ? String(reason.stack) : String(reason)),
);

export function problemsOfRun(run: InProcessRun, place: Place): readonly string[] {
  const { failure } = run;
  const output = outputOf(run);
  const text = output.join('\n');
  return [
    ...(failure?.code === 'RUN001' ? [`the task does not know its own failure: ${failure.detail ?? ''}`] : []),
    ...(/^ +at .+:\d+:\d+\)?$/m.test(text) ? [`it prints a stack trace:\n${run.log.join('\n').slice(0, 2000)}`] : []),
    ...(failure && (failure.message === '' || failure.fix === '') ? ['the error does not say what or what next'] : []),
    ...strangeCommands(run),
    ...findLeaks(place.secrets(), [{ name: 'what the run printed and reported', content: text }]),
    ...uncaught.splice(0).map((each) => `nobody caught ${each}`),
  ];
}

/** @throws where the work does not end; milliseconds of the real time */
export async function inTime<Result>(work: Promise<Result>, milliseconds = 60_000): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the run did not end within ${String(milliseconds)} ms`));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
