/** A few of the worlds of `npm run worlds`, healthy ones among them: the first answer is true, and no answer is not. */
import assert from 'node:assert/strict';
import { judgeWorld } from './worlds/judge.ts';

/** Healthy ones, and one to three faults; `npm run worlds` has the others. */
const seeds = [22, 1, 2, 3, 10, 15, 25, 41];

describe('IdentityDoctor in generated worlds', function () {
  this.timeout(60_000);

  for (const seed of seeds) {
    it(`names what is broken, and nothing else (seed ${String(seed)})`, async () => {
      const { faults, codes, found, invented, log } = await judgeWorld(seed);
      const seen = `${faults.join('; ') || 'healthy'} -> ${codes.join(', ')}\n${log.join('\n')}`;
      assert.ok(found, seen);
      assert.deepEqual(invented, [], seen);
    });
  }
});
