/** Runs the process of a step, again where it failed and the step has retries (facts/azure-pipelines.md 1.5). */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandLine, commandLine } from './command-line.ts';
import { processLine } from './command-processor.ts';
import { runProcess } from './process-runner.ts';
import type { RunOptions, TaskStep } from './task-step.ts';
import type { StepRecord } from './step-record.ts';
import type { Handler, Stage } from './task-definition.ts';

const maximumRetries = 10;

export class Attempts {
  readonly #step: TaskStep;
  readonly #record: StepRecord;
  readonly #cancel: AbortSignal | undefined;
  readonly #timeout: AbortSignal | undefined;
  readonly #stop: AbortSignal;
  count = 0;
  last: { exitCode?: number; arguments: readonly string[]; environment: Readonly<Record<string, string>> } = {
    arguments: [],
    environment: {},
  };

  /** The step's time-out starts here. */
  constructor(step: TaskStep, record: StepRecord, { cancel }: RunOptions) {
    this.#step = step;
    this.#record = record;
    this.#cancel = cancel;
    const minutes = step.timeoutMinutes ?? 0;
    this.#timeout = minutes > 0 ? AbortSignal.timeout(minutes * 60_000) : undefined;
    this.#stop = AbortSignal.any([cancel, this.#timeout].filter((signal) => signal !== undefined));
  }

  /** The result goes into the record. @throws the agent's complaint about the last process. */
  async run(handler: Handler, stage: Stage): Promise<void> {
    const retries = this.#retries();
    while (!this.#isStopped()) {
      const complaint = await this.#once(handler, stage);
      if (this.#isStopped()) break;
      if (complaint === undefined && this.#record.result !== 'Failed') return;
      if (this.count > retries) {
        if (complaint === undefined) return;
        throw new Error(complaint);
      }
      await this.#backOff(complaint ?? 'The task failed.', retries);
    }
    this.#stopped();
  }

  #isStopped(): boolean {
    return this.#stop.aborted;
  }

  #retries(): number {
    const wanted = this.#step.retryCountOnTaskFailure ?? 0;
    if (wanted <= maximumRetries) return wanted;
    const limit = `The retry count of this step is limited to ${String(maximumRetries)}`;
    this.#record.issue('warning', `${limit}; ${String(wanted)} was asked for.`);
    return maximumRetries;
  }

  async #backOff(complaint: string, retries: number): Promise<void> {
    const attempt = `Attempt ${String(this.count)} of ${String(retries + 1)}`;
    this.#record.issue('warning', `${complaint} ${attempt}; it will be run again.`);
    this.#record.result = undefined;
    const milliseconds = this.count ** 2 * this.#record.job.patience.backOff;
    await sleep(milliseconds, undefined, { signal: this.#stop }).catch(() => undefined);
  }

  #stopped(): void {
    const timedOut = this.#timeout?.aborted === true && this.#cancel?.aborted !== true;
    this.#record.issue('error', timedOut ? 'The task has timed out.' : 'The operation was canceled.');
    this.#record.result = timedOut ? 'Failed' : 'Canceled';
  }

  /** @returns the agent's complaint about the process, if it has one. */
  async #once(handler: Handler, stage: Stage): Promise<string | undefined> {
    this.count += 1;
    const record = this.#record;
    const command = commandLine(this.#step, record, handler, stage);
    this.last = { arguments: [command.file, ...command.arguments], environment: command.environment };
    const hanging = this.#abortWhenDone();
    const { exitCode, orphanGroup } = await runProcess({
      ...command,
      patience: record.job.patience,
      stop: AbortSignal.any([this.#stop, hanging]),
      onLine: (line) => {
        processLine(record, line);
      },
    });
    if (orphanGroup !== undefined) record.job.orphans.add(orphanGroup);
    this.last = { ...this.last, exitCode };
    return exitCode === 0 || this.#isStopped() || hanging.aborted ? undefined : this.#complaint(exitCode, command);
  }

  /** A task that has said `done=true` may go on for a while; then its process is ended and its result stands. */
  #abortWhenDone(): AbortSignal {
    const hanging = new AbortController();
    const { done, job } = this.#record;
    const end = async (): Promise<void> => {
      await sleep(job.patience.linger, undefined, { ref: false });
      hanging.abort();
    };
    done.signal.addEventListener('abort', () => void end(), { once: true });
    return hanging.signal;
  }

  #complaint(exitCode: number, command: CommandLine): string {
    if (exitCode === 137) {
      this.#record.issue('error', 'Exit code 137: the process was killed, most often for lack of memory.');
    }
    const process = `file name '${command.file}', arguments '${command.arguments.join(' ')}'`;
    return `Exit code ${String(exitCode)} returned from process: ${process}.`;
  }
}
