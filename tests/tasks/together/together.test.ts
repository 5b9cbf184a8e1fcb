import assert from 'node:assert/strict';
import type { TaskRun } from '../../../sandbox/agent/index.ts';
import type { ArticleStep } from '../../support/article-steps.ts';
import { articleSteps, succeed } from '../../support/article-steps.ts';
import type { State } from '../../support/final-state.ts';
import { assertState, settledState } from '../../support/final-state.ts';
import { oneCluster } from '../../support/one-cluster.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import type { Rendezvous } from './rendezvous.ts';
import { createRendezvous } from './rendezvous.ts';

interface Turn extends ArticleStep {
  readonly title: string;
  /** Writes of one run by itself. */
  readonly writes: number;
}

const writes: Readonly<Record<string, number>> = {
  AksRoleGrants: 4,
  PodIdentityInstall: 14,
  KeyVaultGrant: 1,
  PodIdentityBind: 3,
  PodSecretCheck: 0,
};

const applied = articleSteps.map((step): Turn => ({ ...step, title: step.task, writes: writes[step.task]! }));

/** The article's steps, and then everything taken back, last first. */
const turns: readonly Turn[] = [
  ...applied,
  ...applied
    .filter(({ task }) => task !== 'PodSecretCheck')
    .reverse()
    .map(({ task, inputs, writes: count }) => ({
      task,
      inputs: { ...inputs, action: 'remove' },
      title: `${task} with action remove`,
      writes: count,
    })),
];

describe('two runs at the same time', function () {
  this.timeout(240_000);
  const worlds: World[] = [];
  const expected: State[] = [];
  let rendezvous: Rendezvous;

  before(async () => {
    rendezvous = createRendezvous();
    worlds.push(await startWorld({ scenario: oneCluster(), intercept: rendezvous.intercept }));
    const reference = await startWorld({ scenario: oneCluster() });
    worlds.push(reference);
    for (const turn of turns) {
      await turn.prepare?.(reference);
      await succeed(reference, turn);
      expected.push(await settledState(reference));
    }
  });
  after(async () => {
    for (const world of worlds) await world.stop();
  });

  for (const [index, turn] of turns.entries()) {
    it(`of ${turn.title}, racing for every write, both succeed and leave what one run leaves`, async () => {
      const world = worlds[0]!;
      await turn.prepare?.(world);
      const pairs = rendezvous.begin();
      const both = await Promise.all([world.run(turn.task, turn.inputs), world.run(turn.task, turn.inputs)]);
      rendezvous.end();
      assert.deepEqual(both.map(resultOf), ['Succeeded', 'Succeeded'], both.map(textOf).join('\n'));
      assert.ok(pairs() >= turn.writes, `${String(pairs())} of ${String(turn.writes)} writes came twice`);
      await assertState(world, expected[index]!, both.map(textOf).join('\n'));
    });
  }
});

function resultOf({ result }: TaskRun): string {
  return result;
}

function textOf({ log }: TaskRun): string {
  return log.join('\n');
}
