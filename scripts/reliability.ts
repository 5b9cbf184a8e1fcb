/**
 * `npm run reliability`: lets every fault strike every request of the tasks that write in Azure, and looks whether this
 * run or the next one converges. Ends with `N passed, N failed`.
 *
 *   npm run reliability -- --write           writes docs/reliability.md, where all of it is green
 *   npm run reliability -- --fault hang      only faults with these letters in their name
 *   npm run reliability -- --case Vault      only runs with these letters in their title
 */
import { fork, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { cases } from './reliability/cases.ts';
import { preface } from './reliability/preface.ts';
import type { Results } from './reliability/table.ts';
import { rows, tableOf } from './reliability/table.ts';
import type { CellName, Columns } from './reliability/known-runs.ts';
import type { Answer, Question } from './reliability/worker.ts';

/** Sandboxes of one process: most of the time they wait. */
const PLACES = 4;

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    fault: { type: 'string', default: '' },
    case: { type: 'string', default: '' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const started = performance.now();
  const isWhole = options.fault === '' && options.case === '';
  const workers = Array.from({ length: Math.min(os.availableParallelism(), 4) }, startWorker);
  const columns = await columnsOf(workers);
  const results = await judgeAll(workers, cellsOf(columns));
  for (const worker of workers) worker.disconnect();
  const table = tableOf(columns, results);
  if (!isWhole) console.log(table);
  const seconds = Math.round((performance.now() - started) / 1000);
  const failed = results.filter(({ verdict }) => verdict.result === 'failed').length;
  const passed = results.filter(({ verdict }) => verdict.result.endsWith('run')).length;
  if (options.write && failed === 0 && isWhole) await write(`${preface(passed)}\n${table}\n`);
  console.log(`\n${String(results.length - passed - failed)} cells are no such case; ${String(seconds)} s`);
  console.log(`${String(passed)} passed, ${String(failed)} failed`);
  return failed === 0 ? 0 : 1;
}

async function write(text: string): Promise<void> {
  const file = 'docs/reliability.md';
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

function startWorker(): ChildProcess {
  return fork(path.join(import.meta.dirname, 'reliability/worker.ts'), { execArgv: ['--import', 'tsx'] });
}

async function columnsOf([worker]: readonly ChildProcess[]): Promise<readonly Columns[]> {
  const answer = worker && (await ask(worker, { ask: 'columns' }));
  if (answer?.answer !== 'columns') throw new Error('Nobody said which requests there are.');
  return answer.columns.filter((each) => has(cases[each.case]?.title ?? '', options.case));
}

function cellsOf(columns: readonly Columns[]): readonly CellName[] {
  return rows
    .filter(({ fault }) => has(fault, options.fault))
    .flatMap(({ fault, length }) =>
      columns.flatMap(({ case: index, action, requests }) =>
        requests.map((request): CellName => ({ case: index, action, request, fault, length })),
      ),
    );
}

function has(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

async function judgeAll(workers: readonly ChildProcess[], cells: readonly CellName[]): Promise<Results> {
  const open = [...cells];
  const results: Results[number][] = [];
  const lane = async (worker: ChildProcess): Promise<void> => {
    for (let cell = open.shift(); cell !== undefined; cell = open.shift()) {
      const answer = await ask(worker, { ask: 'cell', cell });
      if (answer.answer !== 'cell') continue;
      results.push(answer);
      tell(answer);
      if (results.length % 250 === 0) console.log(`${String(results.length)} of ${String(cells.length)} cells`);
    }
  };
  await Promise.all(workers.flatMap((worker) => Array.from({ length: PLACES }, () => lane(worker))));
  return results;
}

function tell({ cell, verdict }: Results[number]): void {
  if (verdict.result !== 'failed') return;
  const { fault, length, request, action } = cell;
  console.log(`FAILED ${cases[cell.case]?.title ?? ''}, ${action}: ${fault} (${length}) at ${request}`);
  for (const problem of verdict.problems) console.log(`  ${problem}`);
}

/** Answers of cells carry the cell; of columns there is one only. */
function ask(worker: ChildProcess, question: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: Answer): void => {
      if (!belongs(answer, question)) return;
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      resolve(answer);
    };
    const onExit = (): void => {
      reject(new Error('A worker ended before it answered.'));
    };
    worker.on('message', onMessage);
    worker.once('exit', onExit);
    worker.send(question);
  });
}

function belongs(answer: Answer, question: Question): boolean {
  if (answer.answer === 'columns' || question.ask === 'columns') return answer.answer === question.ask;
  return JSON.stringify(answer.cell) === JSON.stringify(question.cell);
}
