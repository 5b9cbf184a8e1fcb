/** Those who wait for a moment of a time that passes only when somebody says so. */
export class Sleepers {
  readonly #waiting = new Set<Sleeper>();
  #now = 0;
  #registered = 0;

  get now(): number {
    return this.#now;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** How many ever began to wait. */
  get registered(): number {
    return this.#registered;
  }

  /** How long each of those who wait wanted to. */
  get durations(): readonly number[] {
    return [...this.#waiting].map(({ milliseconds }) => milliseconds);
  }

  /** Lets time pass without waking anybody. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.#registered += 1;
    return new Promise((resolve, reject) => {
      const end = (how: () => void): void => {
        this.#waiting.delete(sleeper);
        signal?.removeEventListener('abort', stop);
        how();
      };
      const stop = (): void => {
        end(() => {
          reject(signal?.reason as Error);
        });
      };
      const wake = (): void => {
        end(resolve);
      };
      const sleeper: Sleeper = { at: this.#now + milliseconds, milliseconds, wake };
      this.#waiting.add(sleeper);
      if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** Lets time pass until the next moment that somebody waits for. @returns false where nobody does */
  wakeNext(): boolean {
    const [next] = [...this.#waiting].sort((left, right) => left.at - right.at);
    if (!next) return false;
    this.#now = Math.max(this.#now, next.at);
    next.wake();
    return true;
  }
}

interface Sleeper {
  readonly at: number;
  readonly milliseconds: number;
  readonly wake: () => void;
}
