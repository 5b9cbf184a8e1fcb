/**
 * A process that judges cells for `scripts/reliability.ts`, in several sandboxes at a time. It is asked for its columns
 * first, then for one cell after the other.
 */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Verdict } from './cell.ts';
import { judge } from './cell.ts';
import type { CellName, Columns } from './known-runs.ts';
import { KnownRuns } from './known-runs.ts';
import type { Place } from './place.ts';
import { openPlace } from './place.ts';

export type Question = { readonly ask: 'columns' } | { readonly ask: 'cell'; readonly cell: CellName };

export type Answer =
  | { readonly answer: 'columns'; readonly columns: readonly Columns[] }
  | { readonly answer: 'cell'; readonly cell: CellName; readonly verdict: Verdict };

/** A cell that takes longer than this does not end at all. */
const LONGEST = 120_000;

interface Bench {
  readonly place: Place;
  readonly runs: KnownRuns;
}

/** As many as there are questions at a time. */
const benches: Promise<Bench>[] = [];
const free: Promise<Bench>[] = [];

process.on('message', (question: Question) => void answer(question));
process.on('disconnect', () => void stop());

async function answer(question: Question): Promise<void> {
  const bench = free.pop() ?? another();
  const { runs, place } = await bench;
  const answered: Answer =
    question.ask === 'columns'
      ? { answer: 'columns', columns: await runs.columns() }
      : { answer: 'cell', cell: question.cell, verdict: await judged(place, runs, question.cell) };
  free.push(bench);
  process.send?.(answered);
}

function another(): Promise<Bench> {
  const bench = openPlace().then((place) => ({ place, runs: new KnownRuns(place) }));
  benches.push(bench);
  return bench;
}

async function stop(): Promise<void> {
  for (const bench of benches) await (await bench).place.close();
  process.exit();
}

async function judged(place: Place, runs: KnownRuns, name: CellName): Promise<Verdict> {
  const endless = sleep(LONGEST, undefined, { ref: false }).then((): Verdict => {
    return { result: 'failed', problems: ['it does not end'] };
  });
  try {
    return await Promise.race([judge(place, await runs.cell(name)), endless]);
  } catch (error) {
    return { result: 'failed', problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)] };
  }
}
