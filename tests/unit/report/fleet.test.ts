import assert from 'node:assert/strict';
import { diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import type { FleetRow } from '../../../src/engine/fleet.ts';
import type { PlannedChange } from '../../../src/engine/plan.ts';
import { resourceKey } from '../../../src/engine/resource.ts';
import { FleetLog } from '../../../src/report/fleet-log.ts';
import { FleetProgress } from '../../../src/report/fleet-progress.ts';
import { fleetSummary, fleetTable } from '../../../src/report/fleet-table.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

function row(cluster: string, more: Partial<FleetRow> = {}): FleetRow {
  return { cluster, resourceId: cluster, changes: 0, unchanged: 0, result: 'done', ...more };
}

const rows = [
  row('rg-1/aks-1', { changes: 3 }),
  row('rg-1/aks-long-name', { unchanged: 3 }),
  row('rg-2/aks-2', { changes: 1, unchanged: 1, result: 'failed', code: 'AZR001' }),
  row('rg-2/aks-3', { result: 'stopped' }),
  row('rg-2/aks-4', { result: 'notStarted' }),
];

describe('the table of a fleet', () => {
  it('has a line for each cluster', () => {
    assert.deepEqual(fleetTable(rows), [
      'cluster             changes  unchanged  result',
      'rg-1/aks-1                3          0  done',
      'rg-1/aks-long-name        0          3  unchanged',
      'rg-2/aks-2                1          1  FAILED [AZR001]',
      'rg-2/aks-3                0          0  stopped',
      'rg-2/aks-4                -          -  not started',
    ]);
  });

  it('is summed up', () => {
    assert.equal(fleetSummary(rows), '5 clusters: 2 done, 1 failed, 1 stopped, 1 not started; 4 changes, 4 unchanged');
  });
});

describe('the progress of a fleet', () => {
  it('is told each 5 per cent or every ten seconds, with the time that is left at this speed', async () => {
    const clock = virtualClock();
    const progress = new FleetProgress(clock, 1_000);
    const told: string[] = [];
    const work = async (): Promise<void> => {
      for (let index = 0; index < 1_000; index += 1) {
        // Fast at first, then slow.
        await clock.sleep(index < 500 ? 100 : 1_000);
        const line = progress.add(row('x', { result: index === 0 ? 'failed' : 'done' }));
        if (line !== undefined) told.push(`${String(clock.now() / 1_000)} s: ${line}`);
      }
    };
    await clock.run(work());
    assert.equal(told[0], '5 s: 50 of 1000 clusters done (5 %), 1 failed; about 95 s left.');
    assert.equal(told[9], '50 s: 500 of 1000 clusters done (50 %), 1 failed; about 50 s left.');
    assert.match(told[10]!, /^60 s: 510 of 1000 clusters done \(51 %\)/);
    assert.equal(told.length, 10 + 49);
    assert.deepEqual([progress.percent, progress.text], [100, '1000 of 1000 clusters done']);
  });

  it('is not told many times a second', async () => {
    const clock = virtualClock();
    const progress = new FleetProgress(clock, 10);
    const told = Array.from({ length: 10 }, () => progress.add(row('x'))).filter((line) => line !== undefined);
    await clock.run(Promise.resolve());
    assert.deepEqual(told, []);
  });
});

describe('the log of a fleet', () => {
  const change: PlannedChange = {
    key: resourceKey('thing', 'a'),
    kind: 'thing',
    title: 'a',
    after: [],
    difference: { action: 'create' },
  };
  const start = (mode: 'apply' | 'preview' = 'apply'): { readonly log: FleetLog; readonly lines: string[] } => {
    const lines: string[] = [];
    return { lines, log: new FleetLog({ line: (text) => lines.push(text), warning: () => undefined }, mode) };
  };

  it('keeps the lines of a cluster together, and says nothing of one without changes', () => {
    const { log, lines } = start();
    const [first, second, third] = [log.member(), log.member(), log.member()];
    for (const { observer } of [first, second, third]) observer({ type: 'note', text: 'vault kv' });
    const { key, title } = change;
    first.observer({ type: 'outcome', change, outcome: { key, title, result: 'done', action: 'create' } });
    second.observer({ type: 'outcome', change, outcome: { key, title, result: 'done', action: 'create' } });
    third.end(row('rg/3'), undefined);
    second.end(row('rg/2', { changes: 1 }), undefined);
    first.end(row('rg/1', { changes: 1 }), undefined);
    assert.deepEqual(lines, [
      'rg/2: 1 change, 0 unchanged',
      'vault kv',
      '  created  thing  a',
      'rg/1: 1 change, 0 unchanged',
      '  created  thing  a',
    ]);
  });

  it('shows the plan of a preview, and of a run only what is blocked', () => {
    const blocked = diagnostic('KVT004', { message: 'Full.' });
    const changes = [change, { ...change, difference: { action: 'none' as const } }];
    const preview = start('preview');
    const previewed = preview.log.member();
    previewed.observer({ type: 'planned', mode: 'preview', plan: { changes } });
    previewed.end(row('rg/1', { changes: 1, unchanged: 1 }), undefined);
    assert.deepEqual(preview.lines, ['rg/1: 1 change, 1 unchanged', '  + thing  a']);
    const { log, lines } = start();
    const member = log.member();
    const stopped = { ...change, difference: { action: 'blocked' as const, diagnostic: blocked } };
    member.observer({ type: 'planned', mode: 'apply', plan: { changes: [...changes, stopped] } });
    member.end(row('rg/1', { result: 'failed', code: 'KVT004' }), blocked);
    assert.deepEqual(lines.slice(0, 4), [
      'rg/1: 0 changes, 0 unchanged',
      '  ! thing  a',
      '      blocked [KVT004]: Full.',
      '  FAILED [KVT004] Full.',
    ]);
  });

  it('gives one warning of each kind for all clusters', () => {
    const { log } = start();
    for (const name of ['1', '2', '3'])
      log.member().observer({ type: 'warning', diagnostic: diagnostic('GRA006', { message: `Pods of ${name}.` }) });
    log.member().observer({ type: 'warning', diagnostic: diagnostic('GRA007', { message: 'Wide.' }) });
    assert.deepEqual(
      log.warnings().map(({ code, message }) => [code, message]),
      [
        ['GRA006', 'Pods of 1.\n(2 more like it.)'],
        ['GRA007', 'Wide.'],
      ],
    );
  });
});
