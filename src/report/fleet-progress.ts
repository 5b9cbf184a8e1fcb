import type { FleetRow } from '../engine/fleet.ts';
import { formatDuration } from '../runtime/budget.ts';
import type { Clock } from '../runtime/clock.ts';

/** A line of progress after so many milliseconds, or so many per cent, whichever comes first; but not many a second. */
const LINE_AFTER = 10_000;
const LINE_EACH = 5;
const LEAST_BETWEEN = 1_000;

/** How far a fleet is, and when it will be done at the speed that it had so far. */
export class FleetProgress {
  readonly #clock: Clock;
  readonly #total: number;
  readonly #started: number;
  #done = 0;
  #failed = 0;
  #toldAt: number;
  #toldPercent = 0;

  constructor(clock: Clock, total: number) {
    this.#clock = clock;
    this.#total = total;
    this.#started = clock.now();
    this.#toldAt = this.#started;
  }

  get percent(): number {
    return this.#total === 0 ? 100 : Math.floor((this.#done / this.#total) * 100);
  }

  /** `420 of 1000 clusters done` */
  get text(): string {
    return `${String(this.#done)} of ${String(this.#total)} clusters done`;
  }

  /** Counts one more; gives a line for the log where one is due. */
  add(row: FleetRow): string | undefined {
    this.#done += 1;
    if (row.result === 'failed') this.#failed += 1;
    const now = this.#clock.now();
    if (!this.#isDue(now)) return undefined;
    this.#toldAt = now;
    this.#toldPercent = this.percent;
    const failed = this.#failed === 0 ? '' : `, ${String(this.#failed)} failed`;
    return `${this.text} (${String(this.percent)} %)${failed}; about ${formatDuration(this.#left(now))} left.`;
  }

  /** The end is told by the table. */
  #isDue(now: number): boolean {
    const since = now - this.#toldAt;
    if (this.#done === this.#total || since < LEAST_BETWEEN) return false;
    return since >= LINE_AFTER || this.percent >= this.#toldPercent + LINE_EACH;
  }

  /** In whole seconds: it is an estimate. */
  #left(now: number): number {
    const each = (now - this.#started) / this.#done;
    return Math.max(1, Math.round((each * (this.#total - this.#done)) / 1000)) * 1000;
  }
}
