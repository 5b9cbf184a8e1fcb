import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Intercept } from '../../../sandbox/kit/http-server.ts';
import { fleetScenario } from '../../support/fleet.ts';
import type { World } from '../../support/world.ts';
import { isWriteOfTask, startWorld } from '../../support/world.ts';
import { grant, grantsMade, textOf } from './support.ts';

const clusters = 'rg-fleet-00/*\nrg-fleet-01/*';
const all = 60;

describe('a fleet that is cancelled', function () {
  this.timeout(120_000);
  let world: World;
  afterEach(() => world.stop());

  it('keeps what is done, and the second start does the rest and nothing twice', async () => {
    const cancel = new AbortController();
    let writes = 0;
    const intercept: Intercept = async (event) => {
      if (event.phase !== 'before' || !isWriteOfTask(event)) return undefined;
      writes += 1;
      if (writes === 70) cancel.abort();
      await sleep(50);
      return undefined;
    };
    world = await startWorld({ scenario: fleetScenario({ groups: 2, clusters: 30 }), throttling: 'off', intercept });
    const run = await grant(world, clusters, {}, { cancel: cancel.signal });
    assert.equal(run.result, 'Canceled', textOf(run));
    const made = grantsMade(world).length;
    assert.ok(made >= 70 && made < all * 3, `${String(made)} grants`);
    const told = textOf(run).match(/ {2}created {2}role assignment/g)?.length ?? 0;
    assert.equal(told, made, 'what the log tells is what was made');
    assert.equal(run.outputVariables['changeCount'], String(made));
    const rows = run.log.filter((line) => /^rg-fleet-\S+ +(\d+|-) +(\d+|-) {2}/.test(line));
    assert.equal(rows.length, all, 'a line for each cluster');
    assert.ok(rows.some((line) => line.endsWith('not started')));
    assert.match(textOf(run), /\[RUN002\] The run was stopped: \d+ of 60 clusters were done/);

    const next = await grant(world, clusters);
    assert.equal(next.result, 'Succeeded', textOf(next));
    assert.equal(next.outputVariables['changeCount'], String(all * 3 - made));
    const paths = world.writes().map(({ path }) => path);
    assert.equal(paths.length, all * 3);
    assert.equal(new Set(paths).size, all * 3);
  });

  it('ends at once where Azure makes it wait', async () => {
    const cancel = new AbortController();
    const writes = { size: 10, perSecond: 0.001 };
    world = await startWorld({ scenario: fleetScenario({ groups: 1, clusters: 8 }), throttling: { writes } });
    const onLine = (line: string): void => {
      if (/Azure throttles writes in subscription .*: \d of 8 clusters done, going on in \d+/.test(line))
        cancel.abort();
    };
    // The pause that Azure asks for is longer than any patience, but the task says so first.
    const inputs = { timeoutInMinutes: '60' };
    const run = await grant(world, 'rg-fleet-00/*', inputs, { cancel: cancel.signal, onLine });
    assert.equal(run.result, 'Canceled', textOf(run));
    assert.equal(run.exitCode, 0, 'it ended by itself');
    assert.equal(grantsMade(world).length, 10);
    assert.equal(world.writes().filter(({ status }) => status === 201).length, 10);
  });

  it('gives up where Azure wants a longer pause than it may make', async () => {
    world = await startWorld({
      scenario: fleetScenario({ groups: 1, clusters: 8 }),
      throttling: { writes: { size: 10, perSecond: 0.001 } },
    });
    const run = await grant(world, 'rg-fleet-00/*', { timeoutInMinutes: '1' });
    assert.equal(run.result, 'Failed');
    assert.match(run.issues.at(-1)!.message, /\[FLT001\] \d of 8 clusters failed: .*\(AZR007\)/);
    assert.match(textOf(run), /\[AZR007\] .*Azure throttles writes in subscription .* pause of [\d.]+ min/);
    assert.equal(grantsMade(world).length, 10);
  });
});
