import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cases } from '../../../scripts/reliability/cases.ts';
import type { Verdict } from '../../../scripts/reliability/cell.ts';
import { judge, leaksIn } from '../../../scripts/reliability/cell.ts';
import type { CellName } from '../../../scripts/reliability/known-runs.ts';
import { KnownRuns } from '../../../scripts/reliability/known-runs.ts';
import type { Place } from '../../../scripts/reliability/place.ts';
import { openPlace } from '../../../scripts/reliability/place.ts';
import type { Row } from '../../../scripts/reliability/table.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { rows, sectionsOf } from '../../../scripts/reliability/table.ts';

/** From row to row, so that the slice goes through all runs and requests; no divisor of their number. */
const STRIDE = 11;

/** One cell of each row; `npm run reliability` judges all of them. */
describe('a slice of the fault table', function () {
  this.timeout(60_000);
  let place: Place;
  let runs: KnownRuns;
  const visited = new Set<number>();
  before(async () => {
    place = await openPlace();
    runs = new KnownRuns(place);
  });
  after(() => place.close());

  /** The first cell from the row's own place on that this fault can strike. */
  const judgedCell = async ({ fault, length }: Row, start: number): Promise<readonly [CellName, Verdict]> => {
    const columns = await runs.columns();
    const all = columns.flatMap(({ requests, ...run }) => requests.map((request) => ({ ...run, request })));
    for (let step = 0; step < all.length; step += 1) {
      const { case: index, action, request } = all[(start + step) % all.length]!;
      const name = { case: index, action, request, fault, length };
      const verdict = await judge(place, await runs.cell(name));
      if (verdict.result !== 'none') return [name, verdict];
    }
    throw new Error(`${fault} strikes nothing.`);
  };

  for (const [index, row] of rows.entries()) {
    it(`${row.title}: this run or the next one ends as an undisturbed one`, async () => {
      const [cell, verdict] = await judgedCell(row, index * STRIDE);
      visited.add(cell.case);
      const problems = verdict.result === 'failed' ? verdict.problems : [];
      assert.deepEqual(problems, [], `${cases[cell.case]!.title}, ${cell.action}, ${cell.request}`);
    });
  }

  it('visits every kind of run', () => {
    assert.deepEqual([...visited].toSorted(), [...cases.keys()]);
  });

  it('finds each secret of a run in what is printed', async () => {
    place.forget();
    for (const index of cases.keys()) await cases[index]!.run(place, 'preview', systemClock);
    const secrets = place.secrets();
    const names = new Set(secrets.map(({ name }) => name));
    for (const name of kept) assert.ok(names.has(name), `${name} is not among ${[...names].join(', ')}`);
    for (const { name, value } of secrets) {
      assert.ok(leaksIn([`before ${value} after`], place).some((leak) => leak.startsWith(name)));
    }
    assert.deepEqual(leaksIn(['nothing'], place), []);
  });

  it('is cut from the table that docs/reliability.md shows', async () => {
    const page = readFileSync(path.join(import.meta.dirname, '../../../docs/reliability.md'), 'utf8');
    const sections = sectionsOf(await runs.columns());
    for (const { title, requests } of sections) {
      const [head = [], , ...body] = tableBelow(page, title);
      assert.deepEqual(head, ['fault', ...requests], `${title}: npm run reliability -- --write`);
      assert.deepEqual(
        body.map(([fault]) => fault),
        rows.map((row) => row.title),
        `${title}: npm run reliability -- --write`,
      );
    }
    assert.equal(page.includes('FAILED'), false);
  });
});

/** What must not be left out of the search. */
const kept = [
  'client_secret',
  'client_assertion',
  "key of the connection's certificate",
  'bearer token sent to resourceManager',
  'part of bearer token sent to resourceManager',
  "the job's access token",
  "the proxy's password",
  "the agent's key",
  "the password of the agent's key",
  'password of kvpwe001',
];

/** The lines below a heading up to the next one, in cells. */
function tableBelow(page: string, title: string): readonly (readonly string[])[] {
  const [, text = ''] = page.split(`## ${title}\n`);
  const lines = (text.split('\n## ')[0] ?? '').trim().split('\n');
  return lines.map((each) =>
    each
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
