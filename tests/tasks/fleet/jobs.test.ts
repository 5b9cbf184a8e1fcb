import assert from 'node:assert/strict';
import process from 'node:process';
import type { TaskRun } from '../../../sandbox/agent/index.ts';
import type { Intercept } from '../../../sandbox/kit/http-server.ts';
import { fleetScenario } from '../../support/fleet.ts';
import type { World } from '../../support/world.ts';
import { isWriteOfTask, startWorld } from '../../support/world.ts';
import { grant, grantsMade, textOf, writtenPaths } from './support.ts';

const clusters = 'rg-fleet-00/*\nrg-fleet-01/*\nrg-fleet-02/*\nrg-fleet-03/*';
const total = 8;
const all = 80;

function variables(position: number, type = 'MultiMachine'): { name: string; value: string }[] {
  return [
    { name: 'System.ParallelExecutionType', value: type },
    { name: 'System.JobPositionInPhase', value: String(position) },
    { name: 'System.TotalJobsInPhase', value: String(total) },
  ];
}

/** How many clusters a job says that it takes. */
function taken(run: TaskRun): number {
  return Number(/Fleet of 80 clusters; job \d of 8 takes (\d+)\./.exec(textOf(run))?.[1]);
}

describe('eight jobs that share a fleet', function () {
  this.timeout(240_000);
  let world: World;
  let intercept: Intercept | undefined;
  beforeEach(async () => {
    intercept = undefined;
    const scenario = fleetScenario({ groups: 4, clusters: 20 });
    world = await startWorld({ scenario, throttling: 'off', intercept: (event) => intercept?.(event) });
  });
  afterEach(() => world.stop());

  const run = (position: number, onStart?: (processId: number) => void): Promise<TaskRun> =>
    grant(world, clusters, {}, { variables: variables(position), ...(onStart ? { onStart } : {}) });

  it('do each cluster exactly once, although one of them is killed and run again', async () => {
    let [processId, writes] = [0, 0];
    intercept = (event) => {
      if (event.phase !== 'before' || !isWriteOfTask(event)) return undefined;
      writes += 1;
      if (writes < 5) return undefined;
      if (writes === 5) process.kill(processId, 'SIGKILL');
      return 'reset';
    };
    const killed = await run(3, (id) => void (processId = id));
    assert.equal(killed.exitCode, 137, textOf(killed));
    intercept = undefined;
    const before = writtenPaths(world).filter((_path, index) => index < 4);
    assert.equal(grantsMade(world).length, 4, 'killed half-way');

    const runs = await Promise.all(Array.from({ length: total }, (_none, index) => run(index + 1)));
    for (const each of runs) assert.equal(each.result, 'Succeeded', textOf(each));
    const shares = runs.map(taken);
    let sum = 0;
    for (const share of shares) sum += share;
    assert.equal(sum, all, shares.join(', '));
    assert.ok(
      shares.every((share) => share > 0),
      shares.join(', '),
    );
    const made = world.writes().filter(({ status }) => status === 201);
    assert.equal(made.length, all * 3);
    assert.equal(new Set(made.map(({ path }) => path)).size, all * 3);
    assert.equal(new Set([...before, ...writtenPaths(world)]).size, all * 3, 'nothing else was written');
    assert.equal(grantsMade(world).length, all * 3);

    world.sandbox.requests.clear();
    const alone = await grant(world, clusters);
    assert.deepEqual([alone.result, alone.outputVariables], ['Succeeded', { changeCount: '0' }], textOf(alone));
    assert.deepEqual(world.writes(), []);
  });

  it('take the same clusters again after others have come and gone', async () => {
    const few = await grant(world, 'rg-fleet-00/*', { action: 'preview' }, { variables: variables(2) });
    const many = await grant(world, clusters, { action: 'preview' }, { variables: variables(2) });
    // The table's rows; the lines of progress (with a colon) stand in the order in which clusters got ready.
    const rows = (each: TaskRun): readonly string[] =>
      each.log.map((line) => /^(rg-fleet-00\/[^\s:]+) +\d/.exec(line)?.[1]).filter((name) => name !== undefined);
    assert.ok(rows(few).length > 0);
    assert.deepEqual(rows(few), rows(many));
  });

  it('deal clusters that are named one by one evenly', async () => {
    const names = Array.from({ length: 16 }, (_none, index) => `rg-fleet-00/aks-00-0${String(index).padStart(2, '0')}`);
    const run2 = await grant(world, names.join('\n'), { action: 'preview' }, { variables: variables(2) });
    assert.match(textOf(run2), /Fleet of 16 clusters; job 2 of 8 takes 2\./);
    assert.deepEqual(run2.outputVariables, { changeCount: '6' });
  });

  it('of a matrix do everything, each with values of its own', async () => {
    const whole = await grant(
      world,
      clusters,
      { action: 'preview' },
      { variables: variables(2, 'MultiConfiguration') },
    );
    assert.deepEqual(whole.outputVariables, { changeCount: String(all * 3) }, textOf(whole));
  });

  it('succeed with nothing to do', async () => {
    const idle = await grant(world, 'rg-fleet-00/aks-00-000', {}, { variables: variables(2) });
    assert.deepEqual([idle.result, idle.outputVariables], ['Succeeded', { changeCount: '0' }], textOf(idle));
    assert.deepEqual(world.writes(), []);
  });
});
