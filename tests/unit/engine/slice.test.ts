import assert from 'node:assert/strict';
import { sliceOf } from '../../../src/engine/slice.ts';

describe('a slice', () => {
  const items = Array.from({ length: 1_000 }, (_none, index) => ({ index, slot: (index * 2_654_435_761) % 2 ** 32 }));

  for (const total of [1, 2, 3, 8, 100]) {
    it(`of ${String(total)} jobs holds every item exactly once`, () => {
      const slices = Array.from({ length: total }, (_none, index) => sliceOf(items, { position: index + 1, total }));
      const all = slices.flat().map(({ index }) => index);
      assert.deepEqual(
        all.toSorted((left, right) => left - right),
        items.map(({ index }) => index),
      );
    });
  }

  it('is everything for a job that shares with none', () => {
    assert.equal(sliceOf(items, undefined).length, items.length);
  });

  it('stays the same when other items come and go', () => {
    const slice = { position: 3, total: 8 };
    const before = sliceOf(items, slice).map(({ index }) => index);
    const after = sliceOf(items.slice(500), slice).map(({ index }) => index);
    assert.deepEqual(
      after,
      before.filter((index) => index >= 500),
    );
  });
});
