import assert from 'node:assert/strict';
import { diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import type { Plan } from '../../../src/engine/plan.ts';
import type { Difference } from '../../../src/engine/resource.ts';
import { resourceKey } from '../../../src/engine/resource.ts';
import { diagnosticText } from '../../../src/report/diagnostic-text.ts';
import { summaryLine, summaryOf } from '../../../src/report/summary-line.ts';
import { planTable, textLog } from '../../../src/report/text-log.ts';

function plan(...differences: readonly Difference[]): Plan {
  const changes = differences.map((difference, index) => {
    const title = `thing ${String(index)}`;
    return { key: resourceKey('thing', title), kind: 'thing', title, after: [], difference };
  });
  return { changes };
}

describe('the log of a run', () => {
  it('shows a plan with a legend of the symbols that it uses, and a count', () => {
    const fields = [{ field: 'size', from: '1', to: '2' }];
    const table = planTable(
      plan({ action: 'create' }, { action: 'none', note: 'exists' }, { action: 'update', fields }),
      'apply',
    );
    assert.deepEqual(table, [
      'Plan (+ create   = unchanged   ~ update)',
      '  + thing  thing 0',
      '  = thing  thing 1  (exists)',
      '  ~ thing  thing 2',
      '      size: 1 -> 2',
      '2 changes to make.',
    ]);
  });

  it('says what is blocked', () => {
    const blocked = diagnostic('KVT004', { message: 'Full.' });
    assert.ok(
      planTable(plan({ action: 'blocked', diagnostic: blocked }), 'preview').includes('      blocked [KVT004]: Full.'),
    );
  });

  it('warns with code, cause, next step and anchor', () => {
    const warnings: string[] = [];
    const log = textLog({ line: () => undefined, warning: (text) => warnings.push(text) });
    log({ type: 'warning', diagnostic: diagnostic('GRA006', { message: 'Careful.' }) });
    assert.match(
      warnings[0] ?? '',
      /^\[GRA006\] Careful\.\nCause: .+\nNext: .+\nMore: docs\/troubleshooting\.md#gra006$/,
    );
  });

  it('shows what the service said', () => {
    const text = diagnosticText(diagnostic('AZR003', { message: 'No.', detail: 'because' }));
    assert.match(text, /^The service said: because$/m);
  });

  it('ends with a line of counts', () => {
    const done = { plan: plan({ action: 'none' }), outcomes: [], checks: [], outputs: {}, changeCount: 0 };
    assert.equal(summaryLine(summaryOf(done), 1500), 'Done: 0 changes, 1 unchanged (1.5 s).');
  });
});
