import type { DiagnosticCode } from '../diagnostics/catalogue.ts';
import { inGroups } from './groups.ts';
import type { ResourceKey } from './resource.ts';

/** What became of one cluster of many: all that is kept of it. */
export interface FleetRow {
  /** As a reader tells it from the others. */
  readonly cluster: string;
  readonly resourceId: string;
  /** Made; in a preview: to be made. */
  readonly changes: number;
  readonly unchanged: number;
  readonly result: 'done' | 'failed' | 'stopped' | 'notStarted';
  /** Of a failure. */
  readonly code?: DiagnosticCode;
  readonly message?: string;
}

export interface FleetWalk<Item> {
  readonly items: readonly Item[];
  /** Clusters that are walked at the same time. */
  readonly atOnce: number;
  /** Begin no other once one has failed. */
  readonly failFast: boolean;
  readonly signal: AbortSignal;
  /** Never throws: a failure is a row, too. */
  work(item: Item): Promise<FleetRow>;
  notStarted(item: Item): FleetRow;
  onRow(row: FleetRow): void;
}

/** Walks one cluster after the other, a few at the same time. Rows come back in the order of the items. */
export async function walkFleet<Item>(walk: FleetWalk<Item>): Promise<readonly FleetRow[]> {
  const rows: FleetRow[] = [];
  let failed = false;
  await inGroups([...walk.items.entries()], walk.atOnce, async ([index, item]) => {
    if (walk.signal.aborted || (failed && walk.failFast)) {
      rows[index] = walk.notStarted(item);
      return;
    }
    const row = await walk.work(item);
    failed ||= row.result === 'failed';
    rows[index] = row;
    walk.onRow(row);
  });
  return rows;
}

/**
 * Lets those who want the same things take turns: two clusters may share an identity, and so a role assignment, which the
 * second one must find as the first one has left it.
 */
export class Turns {
  /** The last one in the queue for each thing. */
  readonly #last = new Map<ResourceKey, Promise<void>>();

  async take<Result>(keys: readonly ResourceKey[], work: () => Promise<Result>): Promise<Result> {
    const before = keys.map((key) => this.#last.get(key) ?? Promise.resolve());
    let leave: () => void = () => undefined;
    // All queues are joined in one step, so nobody waits for somebody who waits for him.
    const mine = new Promise<void>((resolve) => {
      leave = resolve;
    });
    for (const key of keys) this.#last.set(key, mine);
    await Promise.all(before);
    try {
      return await work();
    } finally {
      for (const key of keys) if (this.#last.get(key) === mine) this.#last.delete(key);
      leave();
    }
  }
}
