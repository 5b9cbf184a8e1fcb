import assert from 'node:assert/strict';
import { clusterId, management, startTestAzure, tenantId, type Answered, type TestAzure } from './world.ts';

const vaultAudience = 'https://vault.azure.net';

describe('WWW-Authenticate', () => {
  let azure: TestAzure;
  before(async () => {
    azure = await startTestAzure();
  });
  after(() => azure.stop());

  const issue = (name: string, audience: string, lifetime?: number): Promise<string> =>
    azure.tokens.issue({ ...azure.principal(name), audience }, lifetime);
  const forged = (token: string): string => `${token.slice(0, -4)}AAAA`;
  const resourceManager = (token: string, headers = {}): Promise<Answered> =>
    azure.arm('GET', `${clusterId}?api-version=2026-04-01`, { token, headers });
  const keyVault = (token: string): Promise<Answered> =>
    azure.vault('kvpolicy', '/secrets/password?api-version=7.6', { token });

  it('comes with every 401 of Resource Manager, and names the tenant and the reason', async () => {
    // Where it says something else than the body.
    const missing = "The authentication failed because of missing 'Authorization' header.";
    const issuer =
      'The access token is from the wrong issuer. It must match the tenant associated with this subscription. Please use correct authority to get the token.';
    const cases: readonly (readonly [Promise<Answered>, string, string?])[] = [
      [resourceManager(''), 'AuthenticationFailed', missing],
      [resourceManager('', { authorization: 'Basic abc' }), 'AuthenticationFailedInvalidHeader'],
      [resourceManager('nonsense'), 'InvalidAuthenticationToken'],
      [resourceManager(forged(await issue('owner', management))), 'InvalidAuthenticationToken'],
      [resourceManager(await issue('owner', management, -10)), 'ExpiredAuthenticationToken'],
      [resourceManager(await issue('owner', vaultAudience)), 'InvalidAuthenticationToken'],
      [resourceManager(await issue('stranger', management)), 'InvalidAuthenticationTokenTenant', issuer],
    ];
    for (const [asked, code, description] of cases) {
      const { outcome, header, message } = await asked;
      assert.equal(outcome, `401 ${code}`);
      assert.equal(
        header('www-authenticate'),
        `Bearer authorization_uri="https://login.windows.net/${tenantId}", error="invalid_token", error_description="${description ?? message.replaceAll('"', "'")}"`,
      );
    }
  });

  it('names no tenant where the path has no subscription', async () => {
    const { outcome, header } = await azure.arm('GET', '/subscriptions?api-version=2022-12-01', { token: '' });
    assert.equal(outcome, '401 AuthenticationFailed');
    assert.match(header('www-authenticate')!, /^Bearer authorization_uri="https:\/\/login\.windows\.net\/", /);
  });

  it('comes with every 401 of Key Vault, and names tenant and resource', async () => {
    const cases: readonly (readonly [Promise<Answered>, RegExp])[] = [
      [keyVault(''), /^AKV10000: /],
      [keyVault('nonsense'), /^AKV10000: /],
      [keyVault(forged(await issue('owner', vaultAudience))), /IDX10511/],
      [keyVault(await issue('owner', vaultAudience, -10)), /IDX10223/],
      [keyVault(await issue('owner', management)), /^AKV10022: /],
      [keyVault(await issue('stranger', vaultAudience)), /^AKV10032: .*sts\.windows\.net/],
    ];
    for (const [asked, text] of cases) {
      const { outcome, header, message } = await asked;
      assert.equal(outcome, '401 Unauthorized');
      assert.match(message, text);
      assert.equal(
        header('www-authenticate'),
        `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="https://vault.azure.net"`,
      );
    }
  });

  it('comes with nothing but a 401', async () => {
    for (const answer of [
      await resourceManager(await issue('owner', management)),
      await resourceManager(await issue('caller', management)),
      await keyVault(await issue('owner', vaultAudience)),
      await keyVault(await issue('caller', vaultAudience)),
    ]) {
      assert.equal(answer.header('www-authenticate'), undefined, answer.outcome);
    }
  });
});
