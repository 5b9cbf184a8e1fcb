/** The article's pipeline, twice in a row, at each latency. */
import os from 'node:os';
import type { World } from '../../tests/support/world.ts';
import { startWorld } from '../../tests/support/world.ts';
import { bareNode } from './bare-node.ts';
import { trafficOf } from './chain.ts';
import { median, milliseconds, tableLines } from './markdown.ts';
import type { Section } from './section.ts';
import { steps } from './steps.ts';
import { allowance, trips } from './trips.ts';

const LATENCIES = [0, 100];
/** Bare starts beside each round. */
const REPEATS = 5;
/** The pipeline runs this often at each latency, every time in a new world; times are medians. */
const ROUNDS = 5;

interface Measured {
  readonly task: string;
  readonly run: 'first' | 'again';
  readonly latency: number;
  readonly wall: number;
  /** From the start of the agent until the first server was asked: the proxy, by CONNECT. */
  readonly firstRequest: number;
  /** From there until the first request had arrived inside TLS. */
  readonly handshake: number;
  readonly connections: number;
  readonly requests: number;
  readonly depth: number;
}

export const article: Section = {
  name: 'article',
  title: "The article's pipeline",
  measure: async () => {
    const bareTimes: number[] = [];
    const measured: Measured[] = [];
    for (const latency of LATENCIES) {
      const rounds: (readonly Measured[])[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        // Beside the runs that it is compared with: the machine's speed drifts.
        bareTimes.push(...(await bareNode(REPEATS)));
        rounds.push(await measurePipeline(latency));
      }
      measured.push(...medians(rounds));
    }
    const bare = median(bareTimes);
    return [
      `Bare node through the same agent: ${milliseconds(bare)} (median of ${String(bareTimes.length)}); tasks: medians of ${String(ROUNDS)} runs; Node ${process.versions.node}, ${String(os.availableParallelism())} cores.`,
      '',
      ...table(measured, bare),
      '',
      'Round trips that cannot be spared: constants of `scripts/bench/trips.ts`, written down by hand, never counted from a run.',
      '',
      ...trips.map(
        ({ task, first, again, why }) => `- ${task}: ${String(first)}, second run ${String(again)} (${why})`,
      ),
    ];
  },
};

/** One row for the same step of every round. */
function medians(rounds: readonly (readonly Measured[])[]): readonly Measured[] {
  return (rounds[0] ?? []).map((row, index) => {
    const same = rounds.map((round) => round[index] ?? row);
    const middle = (field: 'wall' | 'firstRequest' | 'handshake'): number => median(same.map((each) => each[field]));
    return { ...row, wall: middle('wall'), firstRequest: middle('firstRequest'), handshake: middle('handshake') };
  });
}

/** When servers were first asked, by performance.now(); 0 before that. */
interface Moments {
  connect: number;
  request: number;
}

async function measurePipeline(latency: number): Promise<Measured[]> {
  const moments: Moments = { connect: 0, request: 0 };
  const world = await startWorld({
    latency,
    intercept: ({ phase, server }) => {
      const moment = server === 'proxy' ? 'connect' : 'request';
      if (phase === 'before' && moments[moment] === 0) moments[moment] = performance.now();
      return undefined;
    },
  });
  try {
    const made = await measureSteps(world, moments);
    const again = await measureSteps(world, moments);
    return [
      ...made.map((row) => ({ ...row, latency, run: 'first' as const })),
      ...again.map((row) => ({ ...row, latency, run: 'again' as const })),
    ];
  } finally {
    await world.stop();
  }
}

type Facts = Omit<Measured, 'latency' | 'run'>;

async function measureSteps(world: World, moments: Moments): Promise<Facts[]> {
  const found: Facts[] = [];
  for (const step of steps) {
    if (step.prepare) await step.prepare(world);
    else found.push({ ...(await measureStep(world, step, moments)), task: step.task });
  }
  return found;
}

async function measureStep(world: World, step: (typeof steps)[number], moments: Moments): Promise<Omit<Facts, 'task'>> {
  world.sandbox.requests.clear();
  Object.assign(moments, { connect: 0, request: 0 });
  const started = performance.now();
  const result = await world.run(step.task, step.inputs, { nodePath: process.execPath });
  const wall = performance.now() - started;
  if (result.result !== 'Succeeded') throw new Error(`${step.task} did not succeed:\n${result.log.join('\n')}`);
  const ofTask = world.sandbox.requests.all().filter(({ userAgent }) => !(userAgent ?? '').startsWith('sandbox'));
  const connections = ofTask.filter(({ server, method }) => server === 'proxy' && method === 'CONNECT').length;
  const { connect, request } = moments;
  return { wall, firstRequest: connect - started, handshake: request - connect, connections, ...trafficOf(ofTask) };
}

const head = [
  'task',
  'run',
  'latency',
  'wall less bare node',
  'allowed',
  'ratio',
  'first request / bare node',
  'first handshake',
  'connections',
  'requests',
  'depth',
];

function table(rows: readonly Measured[], bare: number): string[] {
  const cells = rows.map((row) => {
    const { task, run, latency } = row;
    const net = row.wall - bare;
    const allowed = allowance(task, run, { latency, bare });
    return [
      task,
      run,
      milliseconds(latency),
      milliseconds(net),
      ...(latency === 0 ? ['-', '-'] : [milliseconds(allowed), (net / allowed).toFixed(2)]),
      (row.firstRequest / bare).toFixed(2),
      milliseconds(row.handshake),
      String(row.connections),
      String(row.requests),
      // Without latency the log's milliseconds are too coarse to tell what waited for what.
      latency === 0 ? '-' : String(row.depth),
    ];
  });
  return tableLines(head, cells);
}
