/** A thousand clusters with three grants each, against the buckets that Azure has, at the speed that it refills them. */
import { documentedLimits } from '../../sandbox/azure/resource-manager/throttle.ts';
import { fleetInputs, fleetScenario, groupName } from '../../tests/support/fleet.ts';
import type { MemoryWatch } from '../../tests/support/memory-watch.ts';
import { memoryWatch } from '../../tests/support/memory-watch.ts';
import type { World } from '../../tests/support/world.ts';
import { startWorld } from '../../tests/support/world.ts';
import { tableLines } from './markdown.ts';
import type { Section } from './section.ts';

const GROUPS = 10;
const CLUSTERS = 100;
const GRANTS = 3;
const LATENCY = 50;
/** What agents run a task on where they have the choice. */
const NODE = 24;
/** What the issue of fleets asks for. */
const MOST_RATIO = 1.1;
const MOST_MEGABYTES = 150;

interface Measured {
  readonly run: string;
  readonly seconds: number;
  readonly bound: number;
  readonly writes: number;
  readonly reads: number;
  readonly refused: number;
  readonly memory: MemoryWatch;
}

export const fleet: Section = {
  name: 'fleet',
  title: 'A thousand clusters',
  measure: async () => {
    const scenario = fleetScenario({ groups: GROUPS, clusters: CLUSTERS });
    const world = await startWorld({ scenario, latency: LATENCY });
    try {
      const first = await measureRun(world, 'first');
      const again = await measureRun(world, 'again');
      return report([first, again]);
    } finally {
      await world.stop();
    }
  },
};

async function measureRun(world: World, run: string): Promise<Measured> {
  const memory = memoryWatch();
  world.sandbox.requests.clear();
  const clusters = Array.from({ length: GROUPS }, (_none, group) => `${groupName(group)}/*`).join('\n');
  const started = performance.now();
  const task = await world.run('AksRoleGrants', { ...fleetInputs, clusters }, { node: NODE, onStart: memory.onStart });
  const seconds = (performance.now() - started) / 1000;
  if (task.result !== 'Succeeded') throw new Error(`AksRoleGrants did not succeed:\n${task.log.slice(-30).join('\n')}`);
  const requests = world.sandbox.requests.all().filter(({ server }) => server === 'resourceManager');
  const passed = requests.filter(({ status }) => status !== 429);
  const writes = passed.filter(({ method }) => method === 'PUT').length;
  const reads = passed.filter(({ method }) => method === 'GET').length;
  const bound = Math.max(boundOf('writes', writes), boundOf('reads', reads));
  return { run, seconds, bound, writes, reads, refused: requests.length - passed.length, memory };
}

/** Seconds until the bucket has given so many, beginning full. */
function boundOf(kind: 'reads' | 'writes', count: number): number {
  const { size, perSecond } = documentedLimits[kind];
  return Math.max(0, count - size) / perSecond;
}

function report(runs: readonly Measured[]): readonly string[] {
  const head = ['run', 'wall', 'bound', 'ratio', 'writes', 'reads', 'refused (429)', 'memory half-way', 'most memory'];
  const rows = runs.map((each) => [
    each.run,
    `${each.seconds.toFixed(1)} s`,
    `${each.bound.toFixed(0)} s`,
    (each.seconds / each.bound).toFixed(2),
    String(each.writes),
    String(each.reads),
    String(each.refused),
    megabytes(halfWay(each.memory)),
    megabytes(each.memory.peak()),
  ]);
  const most = Math.max(...runs.map(({ memory }) => memory.peak()));
  const ratio = (runs[0]?.seconds ?? 0) / (runs[0]?.bound ?? 1);
  return [
    `AksRoleGrants@1 over ${String(GROUPS * CLUSTERS)} clusters with ${String(GRANTS)} grants each, one process, at ${String(LATENCY)} ms an answer; Node ${String(NODE)}.`,
    'The bound is what the buckets of Azure allow (200 writes and 10 more a second, 250 reads and 25 more), from the first',
    'to the last request. Wall is the whole task, its start and its table among it.',
    '',
    ...tableLines(head, rows),
    '',
    `Wanted: at most ${String(MOST_RATIO)} x the bound for the first run: ${verdict(ratio <= MOST_RATIO)}; at most ${String(MOST_MEGABYTES)} MB: ${verdict(most <= MOST_MEGABYTES)}.`,
  ];
}

function halfWay(memory: MemoryWatch): number {
  const samples = memory.samples();
  return samples[Math.floor(samples.length / 2)] ?? 0;
}

function megabytes(value: number): string {
  return value === 0 ? 'not told' : `${value.toFixed(0)} MB`;
}

function verdict(reached: boolean): string {
  return reached ? 'reached' : 'NOT reached';
}
