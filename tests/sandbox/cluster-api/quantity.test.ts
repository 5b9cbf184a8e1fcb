import assert from 'node:assert/strict';
import { canonicalQuantity } from '../../../sandbox/cluster/api/quantity.ts';

describe('Quantities', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1.5Gi', '1536Mi'],
    ['1024Mi', '1Gi'],
    ['7097684Ki', '7097684Ki'],
    ['1000k', '1M'],
    ['100M', '100M'],
    ['0', '0'],
    ['ten', undefined],
    ['', undefined],
  ];
  for (const [text, canonical] of cases) {
    it(`"${text}" is ${canonical ?? 'no quantity'}`, () => {
      assert.equal(canonicalQuantity(text), canonical);
    });
  }
});
