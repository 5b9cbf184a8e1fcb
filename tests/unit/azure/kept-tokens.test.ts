import assert from 'node:assert/strict';
import { keptTokens } from '../../../src/azure/kept-tokens.ts';
import { fastClock } from '../../support/clock.ts';

const hour = 3_600_000;

function counting(clock: ReturnType<typeof fastClock>, fails: () => boolean = () => false) {
  const asked: string[] = [];
  const credential = keptTokens(
    {
      getToken: async (scopes) => {
        asked.push(String(scopes));
        await Promise.resolve();
        if (fails()) throw new Error('refused');
        return { token: `token ${String(asked.length)}`, expiresOnTimestamp: clock.date().getTime() + hour };
      },
    },
    clock,
  );
  return { asked, credential };
}

describe('the tokens of a session', () => {
  it('are asked for once by clients that ask at the same time, and once a scope', async () => {
    const { asked, credential } = counting(fastClock());
    const tokens = await Promise.all(['a', 'a', 'b', 'a'].map((scope) => credential.getToken(scope)));
    assert.deepEqual(asked, ['a', 'b']);
    assert.equal(tokens[0], tokens[3]);
    assert.notEqual(tokens[0], tokens[2]);
  });

  it('are renewed five minutes before they expire, by one of those who ask then', async () => {
    const clock = fastClock();
    const { asked, credential } = counting(clock);
    await credential.getToken('a');
    await clock.sleep(hour - 300_001);
    await credential.getToken('a');
    assert.equal(asked.length, 1);
    await clock.sleep(1);
    await Promise.all([credential.getToken('a'), credential.getToken('a')]);
    assert.equal(asked.length, 2);
  });

  it('are asked for again after a refusal', async () => {
    let fails = true;
    const { asked, credential } = counting(fastClock(), () => fails);
    await assert.rejects(credential.getToken('a'), /refused/);
    fails = false;
    assert.equal((await credential.getToken('a'))?.token, 'token 2');
    assert.equal(asked.length, 2);
  });

  it('are asked for anew where Azure asks for other claims', async () => {
    const { asked, credential } = counting(fastClock());
    await credential.getToken('a');
    await credential.getToken('a', { claims: 'more' });
    assert.equal(asked.length, 2);
  });

  it('are exchanged once where a service refuses one, for all who were refused', async () => {
    const { asked, credential } = counting(fastClock());
    await credential.getToken('b');
    const old = (await credential.getToken('a'))!.token;
    const fresh = await Promise.all([credential.renew(old), credential.renew(old)]);
    assert.deepEqual(
      fresh.map((each) => each?.token),
      ['token 3', 'token 3'],
    );
    assert.equal((await credential.renew(old))?.token, 'token 3');
    assert.equal((await credential.getToken('a'))?.token, 'token 3');
    assert.deepEqual(asked, ['b', 'a', 'a']);
    assert.equal(await credential.renew('of somebody else'), null);
  });

  it('that live shortly are renewed at half their life', async () => {
    const clock = fastClock();
    let asked = 0;
    const credential = keptTokens(
      {
        getToken: () => {
          asked += 1;
          return Promise.resolve({ token: 't', expiresOnTimestamp: clock.date().getTime() + 90_000 });
        },
      },
      clock,
    );
    await credential.getToken('a');
    await clock.sleep(44_999);
    await credential.getToken('a');
    assert.equal(asked, 1);
    await clock.sleep(1);
    await credential.getToken('a');
    assert.equal(asked, 2);
  });

  it('that were begun are not asked for again, and neither is their refusal by the first who wants it', async () => {
    let fails = false;
    const { asked, credential } = counting(fastClock(), () => fails);
    await credential.begin('a');
    await credential.getToken('a');
    assert.deepEqual(asked, ['a']);
    fails = true;
    await credential.begin('b');
    await assert.rejects(credential.getToken('b'), /refused/);
    assert.deepEqual(asked, ['a', 'b']);
    await assert.rejects(credential.getToken('b'), /refused/);
    assert.deepEqual(asked, ['a', 'b', 'b']);
  });
});
