import assert from 'node:assert/strict';
import { quantity } from '../../../src/kube/quantity.ts';

describe('A quantity', () => {
  it('is a number with a decimal or binary suffix', () => {
    for (const [text, value] of [
      ['200m', 0.2],
      ['0.2', 0.2],
      ['1Gi', 1_073_741_824],
      ['1024Mi', 1_073_741_824],
      ['1k', 1000],
      ['2e3', 2000],
      ['1E', 1e18],
    ] as const)
      assert.equal(quantity(text), value, text);
  });

  it('is nothing where the text is none', () => {
    for (const text of ['', 'm', '1 Gi', '1Mb', 'a1']) assert.equal(quantity(text), undefined, text);
  });
});
