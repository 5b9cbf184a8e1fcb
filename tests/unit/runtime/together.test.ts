import assert from 'node:assert/strict';
import { together } from '../../../src/runtime/together.ts';

describe('together', () => {
  it('gives the values in their order', async () => {
    const [text, number] = await together(['a', Promise.resolve(1)]);
    assert.deepEqual([text.length, number.toFixed(1)], [1, '1.0']);
  });

  it('throws the first failure of the list, after the last of the work', async () => {
    let ended = false;
    const slow = new Promise<void>((resolve) => {
      setImmediate(() => {
        ended = true;
        resolve();
      });
    });
    const failing = (text: string): Promise<never> => Promise.reject(new Error(text));
    await assert.rejects(together([slow, failing('first'), failing('second')]), /first/);
    assert.equal(ended, true);
  });
});
