/**
 * `npm run fuzz`: runs the tasks with generated inputs, and with changed answers of the servers, and looks that they
 * never crash, write nothing that nobody wants, name what is wrong, and give the agent no command of anybody else. What
 * is generated depends on the seed alone. Ends with `N passed, N failed`.
 *
 *   npm run fuzz -- --seed 7                 other cases
 *   npm run fuzz -- --inputs 500             so many of them (default 10000)
 *   npm run fuzz -- --responses 100          (default 2000)
 *   npm run fuzz -- --kind input --case 42   one case again
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Failure } from './fuzz/campaign.ts';
import type { Told, Work } from './fuzz/worker.ts';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '20261125' },
    inputs: { type: 'string', default: '10000' },
    responses: { type: 'string', default: '2000' },
    kind: { type: 'string' },
    case: { type: 'string' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const started = performance.now();
  const seed = whole('seed', options.seed);
  console.log(`seed ${String(seed)}`);
  const workers = options.case === undefined ? Math.min(os.availableParallelism(), 2) : 1;
  const { inputs, responses } = chosen();
  const shares = Array.from({ length: workers }, (_, worker): Work => {
    const own = (number: number): boolean => number % workers === worker;
    return { seed, inputs: inputs.filter(own), responses: responses.filter(own) };
  });
  let count = 0;
  for (const passed of await Promise.all(shares.map(runWork))) count += passed;
  const failed = inputs.length + responses.length - count;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${String(inputs.length)} inputs, ${String(responses.length)} responses; ${String(seconds)} s`);
  console.log(`${String(count)} passed, ${String(failed)} failed`);
  return failed === 0 ? 0 : 1;
}

/** Numbers of the cases of either kind. */
function chosen(): Pick<Work, 'inputs' | 'responses'> {
  if (options.case !== undefined) {
    const only = [whole('case', options.case)];
    if (options.kind === 'input') return { inputs: only, responses: [] };
    if (options.kind === 'response') return { inputs: [], responses: only };
    throw new Error('--case needs --kind input or --kind response');
  }
  return { inputs: numbers('inputs', options.inputs), responses: numbers('responses', options.responses) };
}

function numbers(name: string, text: string): readonly number[] {
  return Array.from({ length: whole(name, text) }, (_, number) => number);
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} is "${text}"; allowed: a whole number`);
  return Number(text);
}

/** How many cases passed; those that a process did not come to did not. */
async function runWork(work: Work): Promise<number> {
  if (work.inputs.length + work.responses.length === 0) return 0;
  const worker = fork(path.join(import.meta.dirname, 'fuzz/worker.ts'), { execArgv: ['--import', 'tsx'] });
  let passed = 0;
  worker.on('message', (told: Told) => {
    if ('failure' in told) tell(told.failure, work.seed);
    else passed += told.passed;
  });
  worker.send(work);
  const [code] = (await once(worker, 'exit')) as [number | null];
  if (code !== 0) console.log(`FAILED: a process ended with ${String(code)} before it had done all of its cases`);
  return passed;
}

function tell({ kind, number, shown, problems }: Failure, seed: number): void {
  console.log(`FAILED ${kind} ${String(number)}: ${shown}`);
  for (const line of problems.split('\n')) console.log(`  ${line}`);
  console.log(`  again: npm run fuzz -- --seed ${String(seed)} --kind ${kind} --case ${String(number)}`);
}
