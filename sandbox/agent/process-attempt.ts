/** An attempt that is a process: its lines are commands and log, its exit code counts. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from './attempts.ts';
import { processLine } from './command-processor.ts';
import { runProcess } from './process-runner.ts';
import type { StepRecord } from './step-record.ts';

export interface CommandLine {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** @param commandLine Is asked before every attempt, as variables may have changed. A throw of it is a complaint. */
export function processAttempt(
  commandLine: (record: StepRecord) => CommandLine,
  onStart?: (processId: number) => void,
): Attempt {
  return async (record, stop) => {
    const command = commandLine(record);
    const hanging = abortWhenDone(record);
    const { exitCode, orphanGroup } = await runProcess({
      ...command,
      patience: record.job.patience,
      onStart,
      stop: AbortSignal.any([stop, hanging]),
      onLine: (line) => {
        processLine(record, line);
      },
    });
    if (orphanGroup !== undefined) record.job.orphans.add(orphanGroup);
    const process = { exitCode, arguments: [command.file, ...command.arguments], environment: command.environment };
    const isFine = exitCode === 0 || stop.aborted || hanging.aborted;
    return { process, complaint: isFine ? undefined : complaintOf(record, exitCode, command) };
  };
}

/** A task that has said `done=true` may go on for a while; then its process is ended and its result stands. */
function abortWhenDone({ done, job }: StepRecord): AbortSignal {
  const hanging = new AbortController();
  const end = async (): Promise<void> => {
    await sleep(job.patience.linger, undefined, { ref: false });
    hanging.abort();
  };
  done.signal.addEventListener('abort', () => void end(), { once: true });
  return hanging.signal;
}

function complaintOf(record: StepRecord, exitCode: number, command: CommandLine): string {
  if (exitCode === 137) {
    record.issue('error', 'Exit code 137: the process was killed, most often for lack of memory.');
  }
  const process = `file name '${command.file}', arguments '${command.arguments.join(' ')}'`;
  return `Exit code ${String(exitCode)} returned from process: ${process}.`;
}
