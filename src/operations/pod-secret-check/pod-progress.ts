import type { Services } from '../shared/services.ts';

/** A line after so many milliseconds; what is quicker is told by the table. */
const LINE_AFTER = 10_000;

/** How many of many pods were asked. */
export class PodProgress {
  readonly #services: Pick<Services, 'clock' | 'observer'>;
  #toldAt: number;
  #total = 0;
  #done = 0;
  #failed = 0;

  constructor(services: Pick<Services, 'clock' | 'observer'>) {
    this.#services = services;
    this.#toldAt = services.clock.now();
  }

  begin(total: number): void {
    this.#total = total;
  }

  add(failed: boolean): void {
    const { clock, observer } = this.#services;
    this.#done += 1;
    if (failed) this.#failed += 1;
    if (this.#done === this.#total || clock.now() - this.#toldAt < LINE_AFTER) return;
    this.#toldAt = clock.now();
    const bad = this.#failed === 0 ? '' : `, ${String(this.#failed)} failed`;
    const measured = `${String(this.#done)} of ${String(this.#total)} pods asked${bad}`;
    observer({ type: 'waiting', what: 'the proof', measured });
  }
}
