/**
 * `npm run bench`: what the packaged tasks cost, in one run, on the sandbox of this machine. With `--write` the figures go
 * to docs/performance.md. Ratios are what to compare: absolute times are this machine's.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTask } from '../sandbox/agent/index.ts';
import { packagedTask } from '../tests/support/packaged.ts';
import type { World } from '../tests/support/world.ts';
import { startWorld } from '../tests/support/world.ts';
import { trafficOf } from './bench/chain.ts';
import { steps } from './bench/steps.ts';
import type { Trips } from './bench/trips.ts';
import { trips } from './bench/trips.ts';
import { preface } from './bench/preface.ts';

const LATENCIES = [0, 100];
const REPEATS = 5;
/** The pipeline runs this often at each latency, every time in a new world; times are medians. */
const ROUNDS = 3;

interface Measured {
  readonly task: string;
  readonly run: 'first' | 'again';
  readonly latency: number;
  readonly wall: number;
  readonly firstRequest: number;
  readonly requests: number;
  readonly depth: number;
}

const bareTimes: number[] = [];
const measured: Measured[] = [];
for (const latency of LATENCIES) {
  const rounds: (readonly Measured[])[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Beside the runs that it is compared with: the machine's speed drifts.
    bareTimes.push(...(await bareNode()));
    rounds.push(await measurePipeline(latency));
  }
  measured.push(...medians(rounds));
}
const bare = median(bareTimes);
const figures = [
  `Bare node through the same agent: ${bare.toFixed(0)} ms (median of ${String(bareTimes.length)}); tasks: medians of ${String(ROUNDS)} runs; Node ${process.versions.node}, ${String(os.availableParallelism())} cores.`,
  '',
  ...table(measured),
  '',
  '## Size of what is loaded',
  '',
  ...(await sizes()),
  '',
  '## Round trips that cannot be spared',
  '',
  'Constants of `scripts/bench/trips.ts`, written down by hand and never counted from a run.',
  '',
  ...trips.map(({ task, first, again, why }) => `- ${task}: ${String(first)}, second run ${String(again)} (${why})`),
];
console.log(figures.join('\n'));
if (process.argv.includes('--write')) writeFileSync('docs/performance.md', [...preface, ...figures, ''].join('\n'));

/** An empty task run the same way: what the agent and the start of node cost without us. */
async function bareNode(): Promise<readonly number[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-bare-'));
  const definition = {
    id: '00000000-0000-0000-0000-000000000001',
    name: 'Bare',
    version: { Major: 1, Minor: 0, Patch: 0 },
  };
  const handlers = { execution: { Node20_1: { target: 'index.js' }, Node24: { target: 'index.js' } } };
  writeFileSync(path.join(folder, 'task.json'), JSON.stringify({ ...definition, ...handlers, inputs: [] }));
  writeFileSync(path.join(folder, 'index.js'), '');
  mkdirSync(path.join(folder, 'work'));
  const times: number[] = [];
  for (let round = 0; round < REPEATS; round += 1) {
    const started = performance.now();
    await runTask({
      taskDirectory: folder,
      workFolder: path.join(folder, 'work'),
      host: 'build',
      nodePath: process.execPath,
    });
    times.push(performance.now() - started);
  }
  rmSync(folder, { recursive: true });
  return times;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

/** One row for the same step of every round. */
function medians(rounds: readonly (readonly Measured[])[]): readonly Measured[] {
  return (rounds[0] ?? []).map((row, index) => {
    const same = rounds.map((round) => round[index] ?? row);
    const wall = median(same.map((each) => each.wall));
    return { ...row, wall, firstRequest: median(same.map((each) => each.firstRequest)) };
  });
}

/** When the servers were first asked, by performance.now(); 0 before that. */
interface FirstRequest {
  at: number;
}

/** The article's steps twice over: everything to make, then nothing. */
async function measurePipeline(latency: number): Promise<Measured[]> {
  const first: FirstRequest = { at: 0 };
  const world = await startWorld({
    latency,
    intercept: ({ phase }) => {
      if (phase === 'before' && first.at === 0) first.at = performance.now();
      return undefined;
    },
  });
  try {
    const made = await measureSteps(world, first);
    const again = await measureSteps(world, first);
    return [
      ...made.map((row) => ({ ...row, latency, run: 'first' as const })),
      ...again.map((row) => ({ ...row, latency, run: 'again' as const })),
    ];
  } finally {
    await world.stop();
  }
}

async function measureSteps(world: World, first: FirstRequest): Promise<Omit<Measured, 'latency' | 'run'>[]> {
  const found: Omit<Measured, 'latency' | 'run'>[] = [];
  for (const step of steps) {
    first.at = 0;
    const started = performance.now();
    const facts = await measureStep(world, step);
    if (facts) found.push({ task: step.task, ...facts, firstRequest: first.at - started });
  }
  return found;
}

async function measureStep(
  world: World,
  step: (typeof steps)[number],
): Promise<Pick<Measured, 'wall' | 'requests' | 'depth'> | undefined> {
  if (step.prepare) {
    await step.prepare(world);
    return undefined;
  }
  world.sandbox.requests.clear();
  const started = performance.now();
  const result = await world.run(step.task, step.inputs, { nodePath: process.execPath });
  const wall = performance.now() - started;
  if (result.result !== 'Succeeded') throw new Error(`${step.task} did not succeed:\n${result.log.join('\n')}`);
  const ofTask = world.sandbox.requests.all().filter(({ userAgent }) => !(userAgent ?? '').startsWith('sandbox'));
  return { wall, ...trafficOf(ofTask) };
}

function table(rows: readonly Measured[]): string[] {
  const head = [
    'task',
    'run',
    'latency',
    'wall less bare node',
    'bound',
    'ratio',
    'first request / bare node',
    'requests',
    'depth',
  ];
  const body = rows.map((row) => {
    const bound = boundOf(row);
    const net = row.wall - bare;
    const ratio = bound === 0 ? '-' : (net / bound).toFixed(2);
    const first = (row.firstRequest / bare).toFixed(2);
    const cells = [
      row.task,
      row.run,
      `${String(row.latency)} ms`,
      `${net.toFixed(0)} ms`,
      `${String(bound)} ms`,
      ratio,
      first,
    ];
    // Without latency the log's milliseconds are too coarse to tell what waited for what.
    return [...cells, String(row.requests), row.latency === 0 ? '-' : String(row.depth)];
  });
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
}

function boundOf({ task, run, latency }: Measured): number {
  const known = trips.find((each: Trips) => each.task === task);
  return (known?.[run] ?? 0) * latency;
}

async function sizes(): Promise<string[]> {
  const lines: string[] = [];
  for (const { task } of trips) {
    const folder = await packagedTask(task);
    const size = (file: string): number => statSync(path.join(folder, file)).size;
    const parts = readdirSync(folder).filter((file) => file.endsWith('.js') && file !== 'index.js');
    let lazy = 0;
    for (const part of parts) lazy += size(part);
    lines.push(`- ${task}: index.js ${kilobytes(size('index.js'))}, other files ${kilobytes(lazy)}`);
  }
  return lines;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
