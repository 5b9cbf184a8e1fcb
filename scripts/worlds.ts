/**
 * `npm run worlds -- [broken] [healthy] [first seed]`: generated worlds with one to three faults each, and healthy ones.
 * DETAIL=1 prints the doctor's words where they were not true. A first answer that misses counts as failed, but only more
 * of them than the bound allows end with exit code 1.
 */
import process from 'node:process';
import { inGroups } from '../src/engine/groups.ts';
import type { Verdict } from '../tests/tasks/doctor/worlds/judge.ts';
import { isTrue, judgeWorld } from '../tests/tasks/doctor/worlds/judge.ts';

/** The first answer has to be a true cause in at least so many of a hundred broken worlds. */
const BOUND = 98;

/** Worlds wait for their controllers most of the time. */
const AT_ONCE = 6;

const [broken = 500, healthy = 200, first = 1] = process.argv.slice(2).map(Number);

async function judgeAll(title: string, count: number, shareOfFaults: 0 | 1): Promise<readonly Verdict[]> {
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  const verdicts: Verdict[] = [];
  await inGroups(seeds, AT_ONCE, async (seed) => {
    verdicts.push(await judgeWorld(seed, shareOfFaults));
  });
  for (const { seed, faults, codes, log } of verdicts.filter((verdict) => !isTrue(verdict))) {
    console.log(`${title} seed ${String(seed)}: ${faults.join('; ') || 'healthy'} -> ${codes.join(', ') || 'nothing'}`);
    if (process.env['DETAIL'] !== undefined) console.log(log.join('\n'));
  }
  return verdicts;
}

const ofBroken = await judgeAll('broken', broken, 1);
const ofHealthy = await judgeAll('healthy', healthy, 0);
const all = [...ofBroken, ...ofHealthy];
const found = ofBroken.filter((verdict) => verdict.found).length;
const share = broken === 0 ? 100 : (100 * found) / broken;
const alarms = ofHealthy.filter(({ codes }) => codes.length > 0).length;
const invented = ofBroken.filter((verdict) => verdict.invented.length > 0).length;
const passed = all.filter(isTrue).length;

console.log(
  `${String(broken)} broken worlds: the first answer is true in ${share.toFixed(1)} % (bound ${String(BOUND)} %), ${String(invented)} with an answer that is not true.`,
);
console.log(`${String(healthy)} healthy worlds: ${String(alarms)} false alarms.`);
console.log(`${String(passed)} passed, ${String(all.length - passed)} failed`);
process.exitCode = share >= BOUND && alarms === 0 && invented === 0 ? 0 : 1;
