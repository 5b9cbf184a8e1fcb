import assert from 'node:assert/strict';
import type { TaskRun } from '../../../sandbox/agent/index.ts';
import type { State } from '../../support/final-state.ts';
import { assertState, settledState } from '../../support/final-state.ts';
import type { Killer } from '../../support/kill.ts';
import { createKiller, writesOf } from '../../support/kill.ts';
import { oneCluster } from '../../support/one-cluster.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';

export interface KillCase {
  readonly title: string;
  readonly task: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** How many writes an undisturbed run makes; each of them gets its tests. */
  readonly writes: number;
  /** What must be there before the task can run. */
  prepare?(world: World): Promise<unknown>;
}

/** One test for each write and for each side of it, every one in a world of its own. */
export function killAtEveryWrite(kill: KillCase): void {
  const { task, inputs } = kill;
  describe(`${kill.title}, killed`, function () {
    this.timeout(60_000);
    let writes: readonly string[];
    let expected: State;

    before(async () => {
      await inWorld(kill, async (world) => {
        await succeed(world, task, inputs);
        writes = writesOf(world);
        expected = await settledState(world);
      });
    });

    it(`makes ${String(kill.writes)} writes when nobody disturbs it, each to a place of its own`, () => {
      assert.equal(new Set(writes).size, writes.length);
      assert.equal(writes.length, kill.writes, writes.join('\n'));
    });

    for (let index = 0; index < kill.writes; index += 1) {
      for (const phase of ['before', 'after'] as const) {
        it(`${phase} write ${String(index + 1)} took effect, reaches the same state with the next run`, async () => {
          const write = writes[index]!;
          await inWorld(kill, async (world, killer) => {
            await killer.run(world, task, inputs, { write, phase });
            const next = await succeed(world, task, inputs);
            await assertState(world, expected, `killed ${phase} ${write}\n${next.log.join('\n')}`);
            if (index > 0) return;
            const last = await succeed(world, task, inputs);
            assert.equal(last.outputVariables['changeCount'], '0', last.log.join('\n'));
          });
        });
      }
    }
  });
}

async function inWorld(kill: KillCase, act: (world: World, killer: Killer) => Promise<void>): Promise<void> {
  const killer = createKiller();
  const world = await startWorld({ scenario: oneCluster(), intercept: killer.intercept });
  try {
    await kill.prepare?.(world);
    world.sandbox.requests.clear();
    await act(world, killer);
  } finally {
    await world.stop();
  }
}

async function succeed(world: World, task: string, inputs: KillCase['inputs']): Promise<TaskRun> {
  const run = await world.run(task, inputs);
  assert.equal(run.result, 'Succeeded', run.log.join('\n'));
  return run;
}
