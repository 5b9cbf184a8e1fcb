/** What the runs of a place do where nobody disturbs them: the columns of the table. */
import type { Action } from './cases.ts';
import { cases } from './cases.ts';
import type { Cell, Undisturbed } from './cell.ts';
import { observe } from './cell.ts';
import type { Length } from './faults.ts';
import { faultKinds } from './faults.ts';
import type { Place } from './place.ts';

/** A cell by names: addresses of requests differ from sandbox to sandbox. */
export interface CellName {
  /** Index in {@link cases}. */
  readonly case: number;
  readonly action: Action;
  readonly request: string;
  readonly fault: string;
  readonly length: Length;
}

/** The requests of an action, by their labels. */
export interface Columns {
  readonly case: number;
  readonly action: Action;
  readonly requests: readonly string[];
}

/** Each run is observed once, when it is first asked for. */
export class KnownRuns {
  readonly #place: Place;
  readonly #observed = new Map<string, Undisturbed>();

  constructor(place: Place) {
    this.#place = place;
  }

  async of(index: number, action: Action): Promise<Undisturbed> {
    const which = cases[index];
    if (!which) throw new Error(`There is no case ${String(index)}.`);
    const key = `${String(index)} ${action}`;
    const known = this.#observed.get(key) ?? (await observe(this.#place, which, action));
    this.#observed.set(key, known);
    return known;
  }

  async columns(): Promise<readonly Columns[]> {
    const columns: Columns[] = [];
    for (const [index, { strikes }] of cases.entries()) {
      for (const action of ['apply', 'remove'] as const) {
        const { requests } = await this.of(index, action);
        const struck = requests
          .map(({ request }) => request)
          .filter(strikes)
          .sort((left, right) => left.order - right.order || left.label.localeCompare(right.label));
        columns.push({ case: index, action, requests: struck.map(({ label }) => label) });
      }
    }
    return columns;
  }

  async cell(name: CellName): Promise<Cell> {
    const undisturbed = await this.of(name.case, name.action);
    const request = undisturbed.requests.find((seen) => seen.request.label === name.request)?.request;
    const kind = faultKinds.find((each) => each.name === name.fault);
    if (!request || !kind) throw new Error(`There is no such cell: ${JSON.stringify(name)}`);
    return { undisturbed, request, kind, length: name.length };
  }
}
