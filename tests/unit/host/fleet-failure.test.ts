import assert from 'node:assert/strict';
import type { FleetRow } from '../../../src/engine/fleet.ts';
import { fleetFailure } from '../../../src/host/fleet-failure.ts';

function rows(counts: Partial<Record<FleetRow['result'], number>>): readonly FleetRow[] {
  return Object.entries(counts).flatMap(([result, count]) =>
    Array.from({ length: count }, (_none, index): FleetRow => {
      const cluster = `rg/${result}-${String(index)}`;
      const told = { cluster, resourceId: cluster, changes: 1, unchanged: 2, result: result as FleetRow['result'] };
      return result === 'failed' ? { ...told, code: 'AZR001', message: 'No right.' } : told;
    }),
  );
}

describe('the failure of a fleet', () => {
  it('is none where all clusters are done', () => {
    assert.equal(fleetFailure(rows({ done: 5 }), false), undefined);
    assert.equal(fleetFailure(rows({ done: 5 }), true), undefined, 'stopped when nothing was left to do');
    assert.equal(fleetFailure([], false), undefined);
  });

  it('names those that failed and gives the reason of the first', () => {
    const failure = fleetFailure(rows({ done: 7, failed: 2 }), false);
    assert.equal(failure?.code, 'FLT001');
    assert.equal(
      failure.message,
      '2 of 9 clusters failed: rg/failed-0 (AZR001) and rg/failed-1 (AZR001).\nThe first: [AZR001] No right.',
    );
  });

  it('names ten and counts the rest', () => {
    const { message = '' } = fleetFailure(rows({ failed: 25, notStarted: 3 }), false) ?? {};
    assert.match(message, /^25 of 28 clusters failed: .*rg\/failed-9 \(AZR001\) and 15 more\. 3 were not started/);
    assert.doesNotMatch(message, /failed-10/);
  });

  it('is the stop where somebody stopped it', () => {
    const failure = fleetFailure(rows({ done: 3, failed: 1, stopped: 1, notStarted: 5 }), true);
    assert.equal(failure?.code, 'RUN002');
    assert.equal(failure.message, 'The run was stopped: 3 of 10 clusters were done.');
  });
});
