/** Runs a step, again where it failed and has retries, within its time (facts/azure-pipelines.md 1.5). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StepRecord } from './step-record.ts';
import type { ProcessFacts, RunOptions, StepLimits } from './task-step.ts';

/** Does the work of a step once. Results that the step reports go into the record. */
export type Attempt = (record: StepRecord, stop: AbortSignal) => Promise<AttemptEnd>;

export interface AttemptEnd {
  /** Why the attempt failed, where the step has not said so itself. */
  readonly complaint?: string | undefined;
  /** Absent for work that is done without a process. */
  readonly process?: ProcessFacts;
}

const maximumRetries = 10;

export class Attempts {
  readonly #limits: StepLimits;
  readonly #record: StepRecord;
  readonly #cancel: AbortSignal | undefined;
  readonly #timeout: AbortSignal | undefined;
  readonly #stop: AbortSignal;
  count = 0;
  last: ProcessFacts = { arguments: [], environment: {} };

  /** The step's time-out starts here. */
  constructor(limits: StepLimits, record: StepRecord, { cancel }: RunOptions) {
    this.#limits = limits;
    this.#record = record;
    this.#cancel = cancel;
    const minutes = limits.timeoutMinutes ?? 0;
    this.#timeout = minutes > 0 ? AbortSignal.timeout(minutes * 60_000) : undefined;
    this.#stop = AbortSignal.any([cancel, this.#timeout].filter((signal) => signal !== undefined));
  }

  /** The result goes into the record. @throws what the last attempt threw, or its complaint. */
  async run(attempt: Attempt): Promise<void> {
    const retries = this.#retries();
    while (!this.#isStopped()) {
      const complaint = await this.#once(attempt);
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

  async #once(attempt: Attempt): Promise<string | undefined> {
    this.count += 1;
    try {
      const { complaint, process } = await attempt(this.#record, this.#stop);
      if (process) this.last = process;
      return complaint;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #isStopped(): boolean {
    return this.#stop.aborted;
  }

  #retries(): number {
    const wanted = this.#limits.retryCountOnTaskFailure ?? 0;
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
}
