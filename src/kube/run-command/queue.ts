import type { Clock } from '../../runtime/clock.ts';

interface Waiting<Work, Result> {
  readonly work: Work;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Milliseconds in which calls that belong together come: they differ by what is computed between them. */
const GATHER = 20;
const MOST = 50;

/**
 * Does work in batches, one at a time: what comes together, or while a batch is under way, makes one batch. Whatever a
 * batch leaves undone goes into the next one.
 */
export class BatchQueue<Work, Result> {
  readonly #waiting: Waiting<Work, Result>[] = [];
  readonly #run: (batch: readonly Work[]) => Promise<readonly (Result | undefined)[]>;
  readonly #clock: Clock;
  #busy = false;

  constructor(run: (batch: readonly Work[]) => Promise<readonly (Result | undefined)[]>, clock: Clock) {
    this.#run = run;
    this.#clock = clock;
  }

  add(work: Work): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      if (!this.#busy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    await this.#clock.sleep(GATHER);
    while (this.#waiting.length > 0) await this.#next(this.#waiting.splice(0, MOST));
    this.#busy = false;
  }

  async #next(batch: readonly Waiting<Work, Result>[]): Promise<void> {
    try {
      const results = await this.#run(batch.map(({ work }) => work));
      const undone = batch.filter(({ resolve }, index) => {
        const result = results[index];
        if (result !== undefined) resolve(result);
        return result === undefined;
      });
      this.#waiting.unshift(...undone);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
