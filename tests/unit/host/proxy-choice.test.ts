import assert from 'node:assert/strict';
import type { AgentProxySettings } from '../../../src/host/proxy-choice.ts';
import { agentProxy } from '../../../src/host/proxy-choice.ts';
import type { ProxyServer } from '../../../src/runtime/ports.ts';
import { refusal } from '../azure/endpoint-reader.ts';

const none = { url: 'http://proxy:8080', username: undefined, password: undefined, bypassList: undefined };

function choose(
  settings: Partial<AgentProxySettings>,
  url = 'https://management.x/',
  masked: string[] = [],
): ProxyServer | undefined {
  return agentProxy({ ...none, ...settings }, (value) => masked.push(value))(url);
}

describe("the agent's proxy", () => {
  it('leads to every address, with user and password where the agent has them', () => {
    assert.deepEqual(choose({}), { url: 'http://proxy:8080' });
    const masked: string[] = [];
    const { username, password } = choose({ username: 'me', password: 's3cret' }, undefined, masked)!;
    assert.deepEqual([username, password?.reveal(), String(password), masked], ['me', 's3cret', '***', ['s3cret']]);
  });

  it('may be reached by TLS, and may carry user and password in its address, which are taken out and masked', () => {
    const masked: string[] = [];
    const proxy = choose({ url: ' https://me:p%40ss%25@proxy.x:8443/ ' }, undefined, masked)!;
    assert.deepEqual([proxy.url, proxy.username, proxy.password?.reveal()], ['https://proxy.x:8443', 'me', 'p@ss%']);
    assert.ok(masked.includes('p@ss%'));
  });

  it("prefers the agent's own user to that in the address", () => {
    const proxy = choose({ url: 'http://you:old@proxy:8080', username: 'me', password: 'new' })!;
    assert.deepEqual([proxy.username, proxy.password?.reveal()], ['me', 'new']);
  });

  const bypassed: readonly [pattern: string, url: string, isBypassed: boolean][] = [
    ['management\\.x', 'https://management.x/subscriptions', true],
    ['MANAGEMENT\\.X', 'https://management.x/subscriptions', true],
    ['^https://management\\.x$', 'https://management.x/subscriptions?x=1', true],
    ['^https://management\\.x/$', 'https://management.x/subscriptions', true],
    ['^https://management\\.x:443$', 'https://management.x/', false],
    ['^https://management\\.x:8443$', 'https://management.x:8443/a', true],
    ['8443', 'https://management.x:8443/a', true],
    ['management\\.x', 'https://login.x/management.x', false],
    ['management\\.x', 'https://login.x/?a=management.x', false],
    ['localhost', 'https://localhost:4433/', true],
    ['*.x', 'https://management.x/', false],
    [' management ', 'https://management.x/', true],
    ['', 'https://management.x/', false],
  ];
  for (const [pattern, url, isBypassed] of bypassed) {
    it(`is ${isBypassed ? 'left out' : 'used'} for ${url} with "${pattern}" in its bypass list`, () => {
      assert.equal(choose({ bypassList: JSON.stringify([pattern]) }, url) === undefined, isBypassed);
    });
  }

  it('is used for loopback addresses, too, as by the in-box tasks', () => {
    assert.notEqual(choose({}, 'https://localhost:4433/'), undefined);
  });

  it('ignores an expression that is none beside those that are', () => {
    assert.equal(choose({ bypassList: '["*.x", "(", "manage"]' }), undefined);
  });

  for (const bypassList of ['management.x', '{}', '"x"']) {
    it(`refuses the bypass list ${bypassList}`, () => {
      assert.throws(() => choose({ bypassList }), refusal('CON008', /Agent\.ProxyBypassList/));
    });
  }

  for (const url of ['proxy:8080', 'socks5://me:hidden@proxy:1080', 'ftp://proxy', 'no address', 'http://']) {
    it(`refuses the address ${url} without repeating it`, () => {
      const said = (error: unknown): boolean =>
        refusal('CON008', /Agent\.ProxyUrl/)(error) && !(error as Error).message.includes('hidden');
      assert.throws(() => choose({ url }), said);
    });
  }
});
