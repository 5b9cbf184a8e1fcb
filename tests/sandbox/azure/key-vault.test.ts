import assert from 'node:assert/strict';
import { SecretClient } from '@azure/keyvault-secrets';
import { otherTenantId, startTestAzure, tenantId, vaultId, type Answered, type TestAzure } from './world.ts';

const password = '/secrets/password?api-version=7.6';

describe('the sandbox Key Vault', () => {
  let azure: TestAzure;
  before(async () => {
    azure = await startTestAzure();
  });
  after(() => azure.stop());
  const client = (name: string, as = 'owner'): SecretClient =>
    new SecretClient(`https://${name}.vault.azure.net`, azure.credential(as), { httpClient: azure.http });
  const refusal = ({ outcome }: Answered): string => outcome;
  const subject = (name: string): string => {
    const { clientId, objectId } = azure.principal(name);
    return `appid=${clientId};oid=${objectId};iss=https://sts.windows.net/${tenantId}/`;
  };

  it('challenges a request without a token with tenant and audience', async () => {
    const answer = await azure.vault('kvpolicy', password, { token: '' });
    assert.equal(refusal(answer), '401 Unauthorized');
    assert.equal(answer.message, 'AKV10000: Request is missing a Bearer or PoP token.');
    assert.equal(
      answer.header('www-authenticate'),
      `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="https://vault.azure.net"`,
    );
    assert.equal(
      answer.header('x-ms-keyvault-network-info'),
      'conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;',
    );
    assert.equal(answer.header('x-ms-keyvault-region'), 'westeurope');
  });
  it('gives a secret to @azure/keyvault-secrets by way of the challenge', async () => {
    const secret = await client('kvpolicy').getSecret('password');
    assert.equal(secret.value, 'hunter2');
    const version = await client('kvpolicy').getSecret('PASSWORD', { version: secret.properties.version! });
    assert.equal(version.value, 'hunter2');
  });
  it('lists names without values', async () => {
    const found: string[] = [];
    for await (const { name, enabled } of client('kvpolicy').listPropertiesOfSecrets())
      found.push(`${name} ${String(enabled)}`);
    assert.deepEqual(found, ['password true', 'retired false']);
  });
  it('keeps versions of what is set', async () => {
    const first = await client('kvpolicy').setSecret('fresh', 'a', { tags: { by: 'test' } });
    await client('kvpolicy').setSecret('fresh', 'b');
    assert.equal((await client('kvpolicy').getSecret('fresh')).value, 'b');
    const old = await client('kvpolicy').getSecret('fresh', { version: first.properties.version! });
    assert.deepEqual([old.value, old.properties.tags], ['a', { by: 'test' }]);
    let versions = 0;
    for await (const { version } of client('kvpolicy').listPropertiesOfSecretVersions('fresh'))
      versions += version ? 1 : 0;
    assert.equal(versions, 2);
  });
  it('reads the article double slash', async () => {
    const { body } = await azure.vault('kvpolicy', '//secrets/password/?api-version=2016-10-01');
    assert.equal(body.value, 'hunter2');
  });
  it('refuses a token for Resource Manager, naming both audiences', async () => {
    const token = await azure.token('owner', 'https://management.azure.com/');
    const { status, message } = await azure.vault('kvpolicy', password, { token });
    assert.equal(status, 401);
    assert.equal(
      message,
      'AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://management.azure.com/.',
    );
  });
  it('refuses a token of another tenant', async () => {
    const { status, message } = await azure.vault('kvpolicy', password, { as: 'stranger' });
    assert.equal(status, 401);
    assert.match(message, new RegExp(`^AKV10032: Invalid issuer\\. .*${otherTenantId}`));
  });
  it('refuses a token that nobody signed and one that has expired', async () => {
    assert.equal((await azure.vault('kvpolicy', password, { token: 'a.b.c' })).status, 401);
    const token = await azure.tokens.issue({ ...azure.principal('owner'), audience: 'https://vault.azure.net' }, -60);
    assert.equal((await azure.vault('kvpolicy', password, { token })).status, 401);
  });
  it('refuses who has no policy, naming the caller', async () => {
    const answer = await azure.vault('kvpolicy', password, { as: 'caller' });
    assert.equal(refusal(answer), '403 Forbidden ForbiddenByPolicy');
    assert.equal(
      answer.message,
      `The user, group or application '${subject('caller')}' does not have secrets get permission on key vault 'kvpolicy;location=westeurope'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
    );
  });
  it('refuses a plain caller of a policy for an application on behalf of users', async () => {
    const answer = await azure.vault('kvpolicy', password, { as: 'other' });
    assert.equal(refusal(answer), '403 Forbidden ForbiddenByPolicy');
    assert.ok(
      answer.message.startsWith(`The policy requires the caller '${subject('other')}' to use on-behalf-of (OBO) flow.`),
    );
  });
  it('refuses who has no role, even the Owner, naming action and secret', async () => {
    const answer = await azure.vault('kvroles', password);
    assert.equal(refusal(answer), '403 Forbidden ForbiddenByRbac');
    const { message } = answer;
    assert.match(message, /^Caller is not authorized to perform action on resource\.\r\n/);
    assert.match(message, /Action: 'Microsoft\.KeyVault\/vaults\/secrets\/getSecret\/action'/);
    assert.match(
      message,
      /Resource: '\/subscriptions\/.*\/resourcegroups\/app\/providers\/microsoft\.keyvault\/vaults\/kvroles\/secrets\/password'/,
    );
  });
  it('lets a role on one secret read that secret only', async () => {
    await azure.grant('Key Vault Secrets User', `${vaultId('kvroles')}/secrets/password`);
    assert.equal((await azure.vault('kvroles', password, { as: 'caller' })).body.value, 'hunter3');
    const second = await azure.vault('kvroles', '/secrets/second?api-version=7.6', { as: 'caller' });
    assert.equal(refusal(second), '403 Forbidden ForbiddenByRbac');
  });
  it('inherits roles of the group, and Key Vault Reader reads no value', async () => {
    await azure.grant('Key Vault Reader', vaultId('kvroles').split('/providers')[0]!, 'two');
    assert.equal((await azure.vault('kvroles', '/secrets?api-version=7.6', { as: 'two' })).status, 200);
    assert.equal((await azure.vault('kvroles', password, { as: 'two' })).status, 403);
  });
  it('says that a secret is missing or disabled only to those who may read', async () => {
    const missing = '/secrets/none?api-version=7.6';
    const answer = await azure.vault('kvpolicy', missing);
    assert.equal(refusal(answer), '404 SecretNotFound');
    assert.match(answer.message, /^A secret with \(name\/id\) none was not found in this key vault\./);
    assert.equal((await azure.vault('kvpolicy', missing, { as: 'caller' })).status, 403);
    const disabled = await azure.vault('kvpolicy', '/secrets/retired?api-version=7.6');
    assert.equal(refusal(disabled), '403 Forbidden SecretDisabled');
    assert.equal(disabled.message, 'Operation get is not allowed on a disabled secret.');
  });
  it('keeps out addresses that its firewall does not list', async () => {
    const answer = await azure.vault('kvwalled', password);
    assert.equal(refusal(answer), '403 Forbidden ForbiddenByFirewall');
    assert.match(answer.message, /Client address: 127\.0\.0\.1\r\n/);
    assert.equal((await azure.vault('kvopen', password)).status, 200);
  });
  it('keeps everybody out where public access is disabled', async () => {
    assert.equal(refusal(await azure.vault('kvprivate', password)), '403 Forbidden ForbiddenByConnection');
  });
  it('refuses requests without or with an unknown api-version', async () => {
    assert.equal(refusal(await azure.vault('kvpolicy', '/secrets/password')), '400 BadParameter');
    assert.equal(refusal(await azure.vault('kvpolicy', '/secrets/password?api-version=9.9')), '400 BadParameter');
  });
  it('answers 501 for keys and nothing real for vaults that are not there', async () => {
    assert.equal((await azure.vault('kvpolicy', '/keys/x?api-version=7.6')).status, 501);
    assert.equal((await azure.vault('nowhere', password)).status, 502);
  });
});
