import assert from 'node:assert/strict';
import { environmentProxy } from '../../../src/host/environment-proxy.ts';
import { refusal } from '../azure/endpoint-reader.ts';

const proxyOf = (
  environment: Record<string, string>,
  url = 'https://management.x/',
  masked: string[] = [],
): string | undefined => environmentProxy(environment, (value) => masked.push(value))(url)?.url;

describe('the proxy of the environment', () => {
  const chosen: readonly [environment: Record<string, string>, url: string, proxy: string | undefined][] = [
    [{}, 'https://a.x', undefined],
    [{ HTTPS_PROXY: 'http://secure:1' }, 'https://a.x', 'http://secure:1'],
    [{ https_proxy: 'http://secure:1', HTTPS_PROXY: 'http://other:1' }, 'https://a.x', 'http://secure:1'],
    [{ HTTP_PROXY: 'http://plain:1' }, 'https://a.x', undefined],
    [{ HTTP_PROXY: 'http://plain:1' }, 'http://a.x', 'http://plain:1'],
    [{ ALL_PROXY: 'http://all:1' }, 'https://a.x', 'http://all:1'],
    [{ HTTPS_PROXY: '', all_proxy: 'http://all:1' }, 'https://a.x', 'http://all:1'],
    [{ HTTPS_PROXY: 'proxy:3128' }, 'https://a.x', 'http://proxy:3128'],
    [{ HTTPS_PROXY: 'https://proxy' }, 'https://a.x', 'https://proxy'],
  ];
  for (const [environment, url, proxy] of chosen) {
    it(`is ${proxy ?? 'none'} for ${url} with ${JSON.stringify(environment)}`, () => {
      assert.equal(proxyOf(environment, url), proxy);
    });
  }

  it('takes user and password out of its address and masks them', () => {
    const masked: string[] = [];
    const proxy = environmentProxy({ HTTPS_PROXY: 'me:p%2Fw@proxy:3128' }, (value) => masked.push(value))(
      'https://a.x',
    );
    assert.deepEqual([proxy?.url, proxy?.username, proxy?.password?.reveal()], ['http://proxy:3128', 'me', 'p/w']);
    assert.ok(masked.includes('p/w'));
  });

  it('is refused by the name of its variable where it cannot be used', () => {
    assert.throws(() => proxyOf({ https_proxy: 'socks5://proxy:1080' }), refusal('CON008', /^HTTPS_PROXY /));
  });

  const direct: readonly [list: string, url: string, isDirect: boolean][] = [
    ['*', 'https://a.x', true],
    ['a.x', 'https://a.x', true],
    ['A.X', 'https://a.x', true],
    ['x', 'https://a.x', true],
    ['.x', 'https://a.x', true],
    ['*.x', 'https://a.x', true],
    ['.a.x', 'https://a.x', true],
    ['.x', 'https://ax', false],
    ['a.x', 'https://ba.x', false],
    ['b.x, a.x', 'https://a.x', true],
    ['b.x a.x', 'https://a.x', true],
    ['a.x.', 'https://a.x', true],
    ['a.x:443', 'https://a.x', true],
    ['a.x:8443', 'https://a.x', false],
    ['a.x:8443', 'https://a.x:8443', true],
    ['a.x:80', 'http://a.x', true],
    ['10.0.0.1', 'https://10.0.0.1', true],
    ['0.0.1', 'https://10.0.0.1', false],
    ['10.0.0.1:8443', 'https://10.0.0.1:8443', true],
    ['10.0.0.1:8443', 'https://10.0.0.1', false],
    ['10.0.0.0/8', 'https://10.200.0.1', true],
    ['10.0.0.0/8', 'https://11.0.0.1', false],
    ['10.0.0.0/8', 'https://a.x', false],
    ['10.0.0.0/99', 'https://10.0.0.1', false],
    ['fd00::/8', 'https://[fd12::1]', true],
    ['[fd12::1]', 'https://[fd12::1]:6443', true],
    ['::1', 'https://[::1]', true],
    ['[::1]:6443', 'https://[::1]:6443', true],
    ['[::1]:6443', 'https://[::1]', false],
    [',, ,', 'https://a.x', false],
    ['.', 'https://a.x', false],
    ['', 'https://a.x', false],
  ];
  for (const [NO_PROXY, url, isDirect] of direct) {
    it(`is ${isDirect ? 'left out' : 'used'} for ${url} with NO_PROXY "${NO_PROXY}"`, () => {
      assert.equal(proxyOf({ NO_PROXY, ALL_PROXY: 'http://proxy:1' }, url) === undefined, isDirect);
    });
  }
});
