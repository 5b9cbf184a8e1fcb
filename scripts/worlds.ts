/** `npm run worlds -- [count] [first seed]`: generated worlds with faults, and how many the doctor names rightly. */
import process from 'node:process';
import { judgeWorld } from '../tests/tasks/doctor/worlds/judge.ts';

const [count = 500, first = 1] = process.argv.slice(2).map(Number);
const total = { worlds: 0, broken: 0, found: 0, invented: 0 };
for (let seed = first; seed < first + count; seed += 1) {
  const { faults, codes, found, invented, log } = await judgeWorld(seed);
  total.worlds += 1;
  if (faults.length > 0) total.broken += 1;
  if (faults.length > 0 && found) total.found += 1;
  if (invented.length > 0) total.invented += 1;
  if (found && invented.length === 0) continue;
  console.log(`seed ${String(seed)}: ${faults.join('; ') || 'healthy'} -> ${codes.join(', ') || 'nothing'}`);
  if (process.env['DETAIL'] !== undefined) console.log(log.join('\n'));
}
const { worlds, broken, found, invented } = total;
const share = broken === 0 ? 100 : (100 * found) / broken;
console.log(
  `${String(worlds)} worlds, ${String(broken)} broken: the first answer is true in ${share.toFixed(1)} %, ${String(invented)} with an answer that is not true.`,
);
process.exitCode = share >= 98 && invented === 0 ? 0 : 1;
