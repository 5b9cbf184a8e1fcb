/** One world for each cause: the sandbox shows the symptoms by itself, and the doctor names the cause first. */
import assert from 'node:assert/strict';
import { causes } from './causes/index.ts';
import { Draft } from './support/draft.ts';
import { asked, examine, writesOf } from './support/examine.ts';

/** Rows of the table of 50 symptoms that have a world here. */
const LEAST_ROWS = 33;

describe('IdentityDoctor names the cause', function () {
  this.timeout(60_000);

  for (const { row, what, spoil, live, inputs = asked, options = {}, root, also = [], says, warning } of causes) {
    it(`${root}: ${what} (${String(row)})`, async () => {
      const draft = new Draft();
      spoil(draft);
      await examine(draft, { inputs, options, ...(live ? { live } : {}) }, ({ codes, failure, log, sandbox }) => {
        assert.deepEqual(codes, [root, ...also], log.join('\n'));
        const first = log.find((line) => line.startsWith(`  [${root}]`)) ?? '';
        assert.match(first, says);
        assert.equal(failure?.code, warning ? undefined : root);
        assert.deepEqual(writesOf(sandbox), []);
      });
    });
  }

  it(`knows the causes of ${String(LEAST_ROWS)} of the 50 rows`, () => {
    const rows = new Set(causes.flatMap(({ row }) => (typeof row === 'number' ? [row] : [])));
    assert.equal(rows.size, LEAST_ROWS, [...rows].join(', '));
  });
});
