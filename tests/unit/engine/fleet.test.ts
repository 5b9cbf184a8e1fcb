import assert from 'node:assert/strict';
import type { FleetRow, FleetWalk } from '../../../src/engine/fleet.ts';
import { Turns, walkFleet } from '../../../src/engine/fleet.ts';
import { resourceKey } from '../../../src/engine/resource.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

function row(cluster: string, result: FleetRow['result']): FleetRow {
  return { cluster, resourceId: cluster, changes: 0, unchanged: 0, result };
}

function walkOf(more: Partial<FleetWalk<string>>): FleetWalk<string> {
  return {
    items: ['a', 'b', 'c', 'd', 'e', 'f'],
    atOnce: 2,
    failFast: false,
    signal: new AbortController().signal,
    work: (item) => Promise.resolve(row(item, 'done')),
    notStarted: (item) => row(item, 'notStarted'),
    onRow: () => undefined,
    ...more,
  };
}

function results(rows: readonly FleetRow[]): string {
  return rows.map(({ cluster, result }) => `${cluster} ${result}`).join(', ');
}

describe('a fleet', () => {
  it('is walked a few clusters at a time, and told in the order of its clusters', async () => {
    const clock = virtualClock();
    let [underWay, most] = [0, 0];
    const times: Readonly<Record<string, number>> = { a: 50, b: 10, c: 10, d: 10, e: 10, f: 10 };
    const work = async (item: string): Promise<FleetRow> => {
      underWay += 1;
      most = Math.max(most, underWay);
      await clock.sleep(times[item] ?? 0);
      underWay -= 1;
      return row(item, 'done');
    };
    const rows = await clock.run(walkFleet(walkOf({ work })));
    assert.equal(most, 2);
    assert.equal(results(rows), 'a done, b done, c done, d done, e done, f done');
    assert.equal(clock.now(), 50, 'a slow one holds up nobody');
  });

  const failing = (item: string): Promise<FleetRow> => Promise.resolve(row(item, item === 'b' ? 'failed' : 'done'));

  it('goes on after a failure', async () => {
    const rows = await walkFleet(walkOf({ work: failing }));
    assert.equal(results(rows), 'a done, b failed, c done, d done, e done, f done');
  });

  it('begins no other cluster after a failure where that is wished', async () => {
    const rows = await walkFleet(walkOf({ work: failing, failFast: true, atOnce: 1 }));
    assert.equal(results(rows), 'a done, b failed, c notStarted, d notStarted, e notStarted, f notStarted');
  });

  it('begins no other cluster once the run is stopped', async () => {
    const stop = new AbortController();
    const work = (item: string): Promise<FleetRow> => {
      if (item === 'c') stop.abort();
      return Promise.resolve(row(item, item === 'c' ? 'stopped' : 'done'));
    };
    const told: string[] = [];
    const onRow = ({ cluster }: FleetRow): void => void told.push(cluster);
    const rows = await walkFleet(walkOf({ work, onRow, signal: stop.signal, atOnce: 1 }));
    assert.equal(results(rows), 'a done, b done, c stopped, d notStarted, e notStarted, f notStarted');
    assert.deepEqual(told, ['a', 'b', 'c']);
  });
});

describe('turns', () => {
  const [x, y, z] = ['x', 'y', 'z'].map((name) => resourceKey('thing', name));

  it('let those who share a thing go one after the other, and the others at once', async () => {
    const clock = virtualClock();
    const turns = new Turns();
    const ends: Record<string, number> = {};
    const take = (name: string, keys: Parameters<Turns['take']>[0]): Promise<void> =>
      turns.take(keys, async () => {
        await clock.sleep(10);
        ends[name] = clock.now();
      });
    await clock.run(Promise.all([take('1', [x!, y!]), take('2', [y!, z!]), take('3', [z!, x!]), take('4', [])]));
    assert.deepEqual(ends, { 1: 10, 2: 20, 3: 30, 4: 10 });
  });

  it('go on after a failure', async () => {
    const turns = new Turns();
    await assert.rejects(turns.take([x!], () => Promise.reject(new Error('broken'))));
    assert.equal(await turns.take([x!], () => Promise.resolve(1)), 1);
  });
});
