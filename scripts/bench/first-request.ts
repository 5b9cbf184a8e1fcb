/** What a task does before it asks the first server. It is the same in every run, so many runs of it are measured. */
import type { World } from '../../tests/support/world.ts';
import { startWorld } from '../../tests/support/world.ts';
import { bareNode } from './bare-node.ts';
import { median, milliseconds, tableLines } from './markdown.ts';
import type { Section } from './section.ts';
import { steps } from './steps.ts';

const RUNS = 40;
const TASKS: readonly string[] = ['AksRoleGrants', 'KeyVaultGrant'];

export const firstRequest: Section = {
  name: 'first-request',
  title: 'The first request',
  measure: async () => {
    const moment = { asked: 0 };
    const world = await startWorld({
      intercept: ({ phase, server }) => {
        if (phase === 'before' && server === 'proxy' && moment.asked === 0) moment.asked = performance.now();
        return undefined;
      },
    });
    const rounds: Round[] = [];
    try {
      // The first round only warms up.
      for (let round = 0; round <= RUNS; round += 1) rounds.push(await measureRound(world, moment));
    } finally {
      await world.stop();
    }
    return report(rounds.slice(1));
  },
};

interface Round {
  /** Milliseconds of an empty task. */
  readonly bare: number;
  /** Milliseconds until the first request, in the order of {@link TASKS}. */
  readonly firstRequests: readonly number[];
}

async function measureRound(world: World, moment: { asked: number }): Promise<Round> {
  const [bare = 0] = await bareNode(1);
  const firstRequests: number[] = [];
  for (const { task, inputs } of steps.filter((step) => TASKS.includes(step.task))) {
    moment.asked = 0;
    const started = performance.now();
    const { result, log } = await world.run(task, inputs, { nodePath: process.execPath });
    if (result !== 'Succeeded') throw new Error(`${task} did not succeed:\n${log.join('\n')}`);
    firstRequests.push(moment.asked - started);
  }
  return { bare, firstRequests };
}

function report(rounds: readonly Round[]): readonly string[] {
  const bare = median(rounds.map((round) => round.bare));
  const rows = TASKS.map((task, index) => {
    const middle = median(rounds.map(({ firstRequests }) => firstRequests[index] ?? 0));
    return [task, milliseconds(middle), (middle / bare).toFixed(2)];
  });
  return [
    `Medians of ${String(rounds.length)} runs of each, with an empty task before each pair: ${milliseconds(bare)} (median). At most 2.5 are allowed.`,
    '',
    ...tableLines(['task', 'from the start of the agent to CONNECT', 'in bare node starts'], rows),
  ];
}
