import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { Secret } from '../../../src/runtime/secret.ts';

describe('Secret', () => {
  it('registers every line with the mask before it exists', () => {
    const masked: string[] = [];
    Secret.register('one\r\ntwo\n\nthree', (line) => masked.push(line));
    assert.deepEqual(masked, ['one', 'two', 'three']);
  });

  it('shows itself in no way but reveal()', () => {
    const secret = Secret.register('s3cret', () => undefined);
    const shown = [String(secret), JSON.stringify({ secret }), inspect(secret), inspect({ secret }), secret.toString()];
    for (const text of shown) assert.equal(text.includes('s3cret'), false, text);
    assert.equal(secret.reveal(), 's3cret');
  });
});
