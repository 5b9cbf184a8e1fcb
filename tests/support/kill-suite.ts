import assert from 'node:assert/strict';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import type { State } from './final-state.ts';
import { assertState, settledState } from './final-state.ts';
import type { Moment } from './kill.ts';
import { createKiller, writesOf } from './kill.ts';
import { oneCluster } from './one-cluster.ts';
import type { World } from './world.ts';
import { startWorld } from './world.ts';

export interface KillCase {
  readonly title: string;
  readonly task: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** How many writes an undisturbed run makes; each of them gets its tests. */
  readonly writes: Readonly<Record<Action, number>>;
  /** What must be there before the task can run. */
  prepare?(world: World): Promise<unknown>;
}

const actions = ['apply', 'remove'] as const;

type Action = (typeof actions)[number];

/** What an undisturbed run of an action does and leaves. */
interface Reference {
  readonly writes: readonly string[];
  readonly state: State;
}

/**
 * One test for each write and for each side of it. The runs of one world take turns: what one applied, the next removes;
 * after a test that failed the next one begins in a world of its own.
 */
export function killAtEveryWrite(kill: KillCase): void {
  describe(`${kill.title}, killed`, function () {
    this.timeout(60_000);
    const turns = new Turns(kill);
    before(() => turns.observe());
    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await turns.stop();
    });
    after(() => turns.stop());

    for (const action of actions) {
      const count = kill.writes[action];
      it(`makes ${String(count)} writes where nobody disturbs ${action}, each to a place of its own`, () => {
        const { writes } = turns.reference(action);
        assert.equal(writes.length, count, writes.join('\n'));
        assert.equal(new Set(writes).size, count, writes.join('\n'));
      });
    }
    for (const [action, index, phase] of moments(kill)) {
      const moment = `${phase} write ${String(index + 1)} of ${action} took effect`;
      it(`${moment}, reaches the same state with the next run`, async () => {
        await turns.kill(action, { write: turns.reference(action).writes[index]!, phase });
        await turns.repeat(action);
        // A run that changes nothing takes as long as the others, so once for each side is enough.
        if (index === 0) await turns.changeNothing(action);
      });
    }
  });
}

/** In an order in which apply and remove take turns as long as both have writes left. */
function moments({ writes }: KillCase): readonly (readonly [Action, number, Moment['phase']])[] {
  const indices = [...Array(Math.max(...Object.values(writes))).keys()];
  return indices
    .flatMap((index) => (['before', 'after'] as const).map((phase) => [index, phase] as const))
    .flatMap(([index, phase]) => actions.map((action) => [action, index, phase] as const))
    .filter(([action, index]) => index < writes[action]);
}

class Turns {
  readonly #kill: KillCase;
  readonly #killer = createKiller();
  readonly #references = new Map<Action, Reference>();
  #world: World | undefined;
  /** What the world is like. */
  #last: Action = 'remove';

  constructor(kill: KillCase) {
    this.#kill = kill;
  }

  /** Undisturbed runs. */
  async observe(): Promise<void> {
    for (const action of actions) {
      const world = await this.#open();
      world.sandbox.requests.clear();
      await this.#succeed(action);
      this.#references.set(action, { writes: writesOf(world), state: await settledState(world) });
    }
  }

  reference(action: Action): Reference {
    const found = this.#references.get(action);
    if (!found) throw new Error(`Nobody has observed ${action}.`);
    return found;
  }

  async kill(action: Action, moment: Moment): Promise<void> {
    const world = await this.#open();
    if (this.#last === action) await this.#succeed(action === 'apply' ? 'remove' : 'apply');
    await this.#killer.run(world, this.#kill.task, this.#inputs(action), moment);
  }

  /** The run after the kill reaches the state of an undisturbed one. */
  async repeat(action: Action): Promise<void> {
    const run = await this.#succeed(action);
    await assertState(await this.#open(), this.reference(action).state, run.log.join('\n'));
  }

  async changeNothing(action: Action): Promise<void> {
    const run = await this.#succeed(action);
    assert.equal(run.outputVariables['changeCount'], '0', run.log.join('\n'));
  }

  async stop(): Promise<void> {
    await this.#world?.stop();
    this.#world = undefined;
    this.#last = 'remove';
  }

  async #open(): Promise<World> {
    if (this.#world) return this.#world;
    this.#world = await startWorld({ scenario: oneCluster(), intercept: this.#killer.intercept });
    await this.#kill.prepare?.(this.#world);
    return this.#world;
  }

  async #succeed(action: Action): Promise<TaskRun> {
    const world = await this.#open();
    const run = await world.run(this.#kill.task, this.#inputs(action));
    assert.equal(run.result, 'Succeeded', run.log.join('\n'));
    this.#last = action;
    return run;
  }

  #inputs(action: Action): KillCase['inputs'] {
    return { ...this.#kill.inputs, action };
  }
}
