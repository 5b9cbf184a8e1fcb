import assert from 'node:assert/strict';
import { findLeaks, formsOf } from '../support/leaks.ts';

const secret = { name: 'the password', value: 'p"w/ä+=x y&z' };

describe('the search for leaks', () => {
  for (const { form, text } of formsOf(secret.value)) {
    it(`finds a canary that is ${form}`, () => {
      assert.deepEqual(
        findLeaks([secret], [{ name: 'log', content: `before ${text} after` }]).some((found) => found.includes(form)),
        true,
      );
    });
  }

  it('finds a canary inside a longer text that was encoded as a whole', () => {
    for (const before of ['', 'a', 'ab', 'abc']) {
      const content = Buffer.from(`${before}${secret.value} and more`).toString('base64');
      assert.notDeepEqual(findLeaks([secret], [{ name: 'file', content }]), [], before);
    }
  });

  it('finds nothing where nothing is, and never shows the secret', () => {
    assert.deepEqual(findLeaks([secret], [{ name: 'log', content: 'all is well' }]), []);
    const [found = ''] = findLeaks([secret], [{ name: 'log', content: secret.value }]);
    assert.equal(found.includes(secret.value), false);
  });
});
