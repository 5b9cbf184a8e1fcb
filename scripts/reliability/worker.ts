/**
 * A process that judges cells for `scripts/reliability.ts`, in several sandboxes at a time. It is asked for its columns
 * first, then for one cell after the other.
 */
import process from 'node:process';
import type { Action } from './cases.ts';
import { cases } from './cases.ts';
import type { Undisturbed, Verdict } from './cell.ts';
import { judge, observe } from './cell.ts';
import type { Length } from './faults.ts';
import { faultKinds } from './faults.ts';
import type { Place } from './place.ts';
import { openPlace } from './place.ts';

/** A cell by names: addresses of requests differ from sandbox to sandbox. */
export interface CellName {
  /** Index in {@link cases}. */
  readonly case: number;
  readonly action: Action;
  readonly request: string;
  readonly fault: string;
  readonly length: Length;
}

export type Question = { readonly ask: 'columns' } | { readonly ask: 'cell'; readonly cell: CellName };

/** The requests of an action, by their labels, in the order in which they come. */
export interface Columns {
  readonly case: number;
  readonly action: Action;
  readonly requests: readonly string[];
}

export type Answer =
  | { readonly answer: 'columns'; readonly columns: readonly Columns[] }
  | { readonly answer: 'cell'; readonly cell: CellName; readonly verdict: Verdict };

/** As many as there are questions at a time. */
const places: Promise<Place>[] = [];
const free: Promise<Place>[] = [];
const observed = new Map<Place, Map<string, Undisturbed>>();

process.on('message', (question: Question) => void answer(question));
process.on('disconnect', () => void stop());

async function answer(question: Question): Promise<void> {
  const place = await (free.pop() ?? another());
  const answered: Answer =
    question.ask === 'columns'
      ? { answer: 'columns', columns: await columnsOf(place) }
      : { answer: 'cell', cell: question.cell, verdict: await judged(place, question.cell) };
  free.push(Promise.resolve(place));
  process.send?.(answered);
}

function another(): Promise<Place> {
  const place = openPlace();
  places.push(place);
  return place;
}

async function stop(): Promise<void> {
  for (const place of places) await (await place).world.stop();
  process.exit();
}

async function columnsOf(place: Place): Promise<readonly Columns[]> {
  const columns: Columns[] = [];
  for (const index of cases.keys()) {
    for (const action of ['apply', 'remove'] as const) {
      const { requests } = await undisturbed(place, index, action);
      columns.push({ case: index, action, requests: requests.map(({ request }) => request.label) });
    }
  }
  return columns;
}

async function judged(place: Place, name: CellName): Promise<Verdict> {
  try {
    const known = await undisturbed(place, name.case, name.action);
    const request = known.requests.find((seen) => seen.request.label === name.request)?.request;
    const kind = faultKinds.find((each) => each.name === name.fault);
    if (!request || !kind) throw new Error(`There is no such cell: ${JSON.stringify(name)}`);
    return await judge(place, { undisturbed: known, request, kind, length: name.length });
  } catch (error) {
    return { result: 'failed', problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)] };
  }
}

async function undisturbed(place: Place, index: number, action: Action): Promise<Undisturbed> {
  const ofPlace = observed.get(place) ?? new Map<string, Undisturbed>();
  observed.set(place, ofPlace);
  const key = `${String(index)} ${action}`;
  const which = cases[index];
  if (!which) throw new Error(`There is no case ${String(index)}.`);
  const known = ofPlace.get(key) ?? (await observe(place, which, action));
  ofPlace.set(key, known);
  return known;
}
