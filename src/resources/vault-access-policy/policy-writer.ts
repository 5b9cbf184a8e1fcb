import type { PolicyChange, PolicyUpdate } from './entry.ts';

type Entries = readonly PolicyChange['entry'][];

/** Sends entries in one request. */
export type SendPolicies = (update: PolicyUpdate, entries: Entries) => Promise<void>;

/** Entries in one request; a vault holds at most 1024. */
const MOST_AT_ONCE = 50;

interface Waiting {
  readonly change: PolicyChange;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * The writes of one run to one vault, one after the other: a vault refuses one of two that meet. What comes while a
 * write is under way goes out together with the next one, so many clusters cost few writes.
 */
export class PolicyWriter {
  readonly #send: SendPolicies;
  readonly #signal: AbortSignal;
  readonly #waiting: Waiting[] = [];
  #busy = false;

  constructor(send: SendPolicies, signal: AbortSignal) {
    this.#send = send;
    this.#signal = signal;
  }

  /** Resolves once the change is written. @throws what sending it throws */
  async write(change: PolicyChange): Promise<void> {
    this.#signal.throwIfAborted();
    const written = new Promise<void>((done, failed) => {
      this.#waiting.push({ change, done, failed });
    });
    if (!this.#busy) void this.#work();
    await written;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let next = this.#take(); next.length > 0; next = this.#take()) await this.#sendAll(next);
    this.#busy = false;
  }

  /** The longest that waits, and all that can go with it. */
  #take(): readonly Waiting[] {
    const [first] = this.#waiting;
    if (!first) return [];
    const fitting = this.#waiting.filter(({ change }) => change.update === first.change.update).slice(0, MOST_AT_ONCE);
    for (const each of fitting) this.#waiting.splice(this.#waiting.indexOf(each), 1);
    return fitting;
  }

  async #sendAll(all: readonly Waiting[]): Promise<void> {
    try {
      this.#signal.throwIfAborted();
      const update = all[0]?.change.update ?? 'add';
      await this.#send(
        update,
        all.map(({ change }) => change.entry),
      );
      for (const { done } of all) done();
    } catch (error) {
      await this.#split(all, error);
    }
  }

  /** One entry that the vault refuses must not take the others with it, and only alone it is known which one it is. */
  async #split(all: readonly Waiting[], error: unknown): Promise<void> {
    if (all.length > 1 && !this.#signal.aborted) for (const each of all) await this.#sendAll([each]);
    else for (const { failed } of all) failed(error);
  }
}
