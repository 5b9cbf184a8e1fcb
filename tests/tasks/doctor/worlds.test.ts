/** A few of the worlds of `npm run worlds`, healthy ones among them: the first answer is true, and no answer is not. */
import assert from 'node:assert/strict';
import { judgeWorld } from './worlds/judge.ts';

/** One to three faults; `npm run worlds` has the others, and a seed that failed there is kept here. */
const broken = [1, 2, 3, 10, 15, 25, 41];
const healthy = [5, 22];

describe('IdentityDoctor in generated worlds', function () {
  this.timeout(60_000);

  for (const seed of broken) {
    it(`names what is broken, and nothing else (seed ${String(seed)})`, async () => {
      const { faults, codes, found, invented, log } = await judgeWorld(seed, 1);
      const seen = `${faults.join('; ')} -> ${codes.join(', ')}\n${log.join('\n')}`;
      assert.ok(faults.length > 0, 'nothing is broken');
      assert.ok(found, seen);
      assert.deepEqual(invented, [], seen);
    });
  }

  for (const seed of healthy) {
    it(`names nothing where nothing is broken (seed ${String(seed)})`, async () => {
      const { faults, codes, log } = await judgeWorld(seed, 0);
      assert.deepEqual(faults, []);
      assert.deepEqual(codes, [], log.join('\n'));
    });
  }
});
