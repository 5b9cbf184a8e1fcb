import assert from 'node:assert/strict';
import { withoutEchoes } from '../../../../src/azure/answers/echoes.ts';

const token = `eyJhbGciOiJSUzI1NiJ9.${'eyJhdWQiOiJhIn0'.repeat(8)}.${'c2ln'.repeat(20)}`;
const secret = 'a "quoted"~secret+/= value';
const form = new URLSearchParams({ client_id: 'an id', client_secret: secret, client_assertion: 'an-assertion' });

const texts: readonly (readonly [string, string, string])[] = [
  ['the token', `You sent Bearer ${token}.`, 'You sent Bearer ***.'],
  ['a part of a token', `You sent ${token.slice(0, 90)}`, 'You sent ***'],
  ['the secret', `{"s": ${JSON.stringify(secret)}}`, '{"s": "***"}'],
  ['the secret in an address', `https://x/?s=${encodeURIComponent(secret)}`, 'https://x/?s=***'],
  [
    'the form',
    `Not understood: ${form.toString()}.`,
    'Not understood: client_id=an+id&client_secret=***&client_assertion=***.',
  ],
  ['nothing secret', 'The client id is: an id.', 'The client id is: an id.'],
];

describe('a refusal that quotes the request', () => {
  for (const [what, text, expected] of texts) {
    it(`with ${what}`, () => {
      assert.equal(withoutEchoes(text, { authorization: `Bearer ${token}`, body: form.toString() }), expected);
    });
  }

  it('is left as it is where the request carried nothing', () => {
    assert.equal(withoutEchoes('a b c', { authorization: undefined }), 'a b c');
  });
});
