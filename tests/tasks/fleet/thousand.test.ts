import assert from 'node:assert/strict';
import process from 'node:process';
import type { TaskRun } from '../../../sandbox/agent/index.ts';
import { fleetScenario, groupName } from '../../support/fleet.ts';
import { memoryWatch } from '../../support/memory-watch.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { grant, grantsMade, textOf } from './support.ts';

const groups = 10;
const inEach = 100;
const all = groups * inEach;

describe('a thousand clusters with three grants each', function () {
  this.timeout(400_000);
  let world: World;
  before(async () => {
    // Azure's buckets, refilled twenty times as fast as Azure does.
    world = await startWorld({ scenario: fleetScenario({ groups, clusters: inEach }), throttling: { speed: 20 } });
  });
  after(() => world.stop());

  const clusters = Array.from({ length: groups }, (_none, group) => `${groupName(group)}/*`).join('\n');

  function assertProgress(run: TaskRun): void {
    const lines = run.log.filter((line) => /^\d+ of 1000 clusters done \(\d+ %\); about .* left\.$/.test(line));
    assert.ok(lines.length >= 3, textOf(run).slice(0, 5_000));
    const bar = run.commands.filter(({ area, event }) => area === 'task' && event === 'setprogress');
    assert.equal(bar.length, 100, 'a step of the progress bar for each per cent');
    assert.equal(bar.at(-1)?.properties['value'], '100');
  }

  it('are done in one run, each grant with one write, within 150 MB (Node 20)', async () => {
    const memory = memoryWatch();
    const run = await grant(world, clusters, {}, { node: 20, onStart: memory.onStart });
    assert.equal(run.result, 'Succeeded', textOf(run).slice(-5_000));
    assert.deepEqual(run.outputVariables, { changeCount: String(all * 3) });
    assert.equal(grantsMade(world).length, all * 3);
    const written = world.writes().filter(({ status }) => status === 201);
    assert.equal(written.length, all * 3);
    assert.equal(new Set(written.map(({ path }) => path)).size, all * 3);
    const refused = world.sandbox.requests.all().filter(({ status }) => status === 429);
    assert.ok(refused.length < 300, `${String(refused.length)} of ${String(written.length)} writes were refused first`);
    assertProgress(run);
    if (process.platform === 'linux') assert.ok(memory.peak() > 30, 'the memory was seen');
    assert.ok(memory.peak() <= 150, `${memory.peak().toFixed(0)} MB`);
  });

  it('are unchanged in the next run, which writes nothing, within 150 MB (Node 24)', async () => {
    world.sandbox.requests.clear();
    const memory = memoryWatch();
    const run = await grant(world, clusters, {}, { node: 24, onStart: memory.onStart });
    assert.deepEqual([run.result, run.outputVariables], ['Succeeded', { changeCount: '0' }], textOf(run).slice(-5_000));
    assert.deepEqual(world.writes(), []);
    assert.ok(memory.peak() <= 150, `${memory.peak().toFixed(0)} MB`);
  });
});
