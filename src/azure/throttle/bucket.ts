import type { Clock } from '../../runtime/clock.ts';

/** Requests of one kind at the same time, whatever Azure would allow. */
const MOST_AT_ONCE = 64;

/** Pauses of a service that does not say how long: doubled from the first to the last. */
const FIRST_PAUSE = 1_000;
const LAST_PAUSE = 60_000;

/** No service means a pause of nothing at all. */
const LEAST_PAUSE = 100;

export interface BucketContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A number from 0 to 1, so that several agents do not come back at the same moment. */
  readonly random: () => number;
  /** Milliseconds in which one request is given back where Azure refills as documented. */
  readonly refill: number;
}

interface Waiter {
  /** `false`: not yet, but something has changed. */
  readonly go: (entered: boolean) => void;
  readonly fail: (reason: Error) => void;
}

/**
 * The requests that Azure counts together, let through one after the other so fast as it allows. While it tells how many
 * are left, no more than that are under way, which settles at its refill without being refused; a refusal stops all, and
 * one request goes first after the pause.
 */
export class Bucket {
  readonly #context: BucketContext;
  readonly #waiting: Waiter[] = [];
  #underWay = 0;
  /** What Azure said is left; undefined where it says nothing. */
  #remaining: number | undefined;
  /** Bound for services that say nothing: one more with each round that passes, half with each refusal. */
  #window = MOST_AT_ONCE;
  #closedUntil = 0;
  #refusals = 0;
  #asleep = false;
  /** When Azure last let one through; undefined before the first. */
  lastPass: number | undefined;

  constructor(context: BucketContext) {
    this.#context = context;
    const { signal } = context;
    const stop = (): void => {
      for (const waiter of this.#waiting.splice(0)) waiter.fail(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  }

  /** Milliseconds until the pause after a refusal is over; 0 where there is none. */
  get pause(): number {
    return this.#refusals === 0 ? 0 : this.#closedFor();
  }

  /**
   * True when the next request may be sent, and then {@link passed}, {@link refused} or {@link ended} must follow. False
   * when another one was refused meanwhile, so that whoever waits can think again.
   */
  async enter(): Promise<boolean> {
    this.#context.signal.throwIfAborted();
    return new Promise<boolean>((go, fail) => {
      this.#waiting.push({ go, fail });
      this.#letThrough();
    });
  }

  /** Azure took the request; `remaining`: what it says is left. */
  passed(remaining: number | undefined): void {
    const { clock, refill } = this.#context;
    this.lastPass = clock.now();
    // One that was sent before a refusal says nothing about what comes after it.
    if (this.#closedFor() > 0) {
      this.ended();
      return;
    }
    this.#refusals = 0;
    this.#remaining = remaining;
    this.#window = Math.min(MOST_AT_ONCE, this.#window + 1 / this.#window);
    // The next one would be refused: it comes when one was given back.
    if (remaining !== undefined && remaining <= 0) this.#closeFor(refill);
    this.ended();
  }

  /** Azure refused for the number of requests; `asked`: the pause that it asks for. Gives the pause that is made. */
  refused(asked: number | undefined): number {
    // Those that were sent before the first refusal came back say nothing new.
    if (this.pause === 0) {
      this.#refusals += 1;
      this.#window = Math.max(1, this.#window / 2);
    }
    this.#remaining = 0;
    this.#closeFor(asked === undefined ? this.#ownPause() : Math.max(asked, LEAST_PAUSE));
    for (const waiter of this.#waiting.splice(0)) waiter.go(false);
    this.ended();
    return this.pause;
  }

  /** The request came to nothing: no answer. */
  ended(): void {
    this.#underWay -= 1;
    this.#letThrough();
  }

  #ownPause(): number {
    const pause = Math.min(LAST_PAUSE, FIRST_PAUSE * 2 ** (this.#refusals - 1));
    return pause * (0.75 + 0.5 * this.#context.random());
  }

  #closedFor(): number {
    return Math.max(0, this.#closedUntil - this.#context.clock.now());
  }

  #closeFor(milliseconds: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#context.clock.now() + milliseconds);
  }

  #letThrough(): void {
    while (this.#waiting.length > 0 && this.#underWay < this.#most()) {
      if (this.#closedFor() > 0) {
        if (!this.#asleep) void this.#wake(this.#closedFor());
        return;
      }
      this.#underWay += 1;
      this.#waiting.shift()?.go(true);
    }
  }

  #most(): number {
    return Math.max(1, Math.min(this.#window, this.#remaining ?? MOST_AT_ONCE));
  }

  async #wake(milliseconds: number): Promise<void> {
    const { clock, signal } = this.#context;
    this.#asleep = true;
    // An abort ends the waits one by one; nobody is left to be woken then.
    await clock.sleep(Math.ceil(milliseconds), signal).catch(() => undefined);
    this.#asleep = false;
    this.#letThrough();
  }
}
