import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { cloudOf, type CloudName } from '../../../sandbox/clouds.ts';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { parseScenario } from '../../../sandbox/scenario/load.ts';
import { postForm, type Answer } from './requests.ts';

const subscription = '33333333-3333-4333-8333-333333333333';

const yaml = (cloud: CloudName): string => `
cloud: ${cloud}
tenants:
  - name: contoso
    applications: [{ name: deployer, certificate: valid }]
subscriptions:
  - name: Test
    id: ${subscription}
    tenant: contoso
    roleAssignments: [{ role: Reader, principal: deployer, scope: '{subscription}' }]
    resourceGroups:
      - name: app
        vaults:
          - { name: kvweb, accessPolicies: [{ principal: deployer, secrets: [get] }], secrets: [{ name: password, value: hunter2 }] }
serviceConnections:
  - { name: conn, kind: AzureRM, application: deployer, subscription: Test }
`;

/** A process of its own, because Microsoft's clients ignore an authority that they are given together with a proxy. */
const program = `
  import { ClientCertificateCredential, ClientSecretCredential } from '@azure/identity';
  import { KeyVaultManagementClient } from '@azure/arm-keyvault';
  import { SecretClient } from '@azure/keyvault-secrets';
  const { tenant, client, secret, certificatePath, authorityHost, endpoint, audience, vault, subscription } = JSON.parse(process.argv[1]);
  const options = { authorityHost, disableInstanceDiscovery: tenant === 'adfs' };
  const credential = certificatePath
    ? new ClientCertificateCredential(tenant, client, { certificatePath }, { ...options, sendCertificateChain: true })
    : new ClientSecretCredential(tenant, client, secret, options);
  const ids = [];
  const arm = new KeyVaultManagementClient(credential, subscription, { endpoint, credentials: { scopes: [audience + '/.default'] } });
  for await (const { properties } of arm.vaults.listBySubscription()) ids.push(properties.vaultUri);
  const { value } = await new SecretClient(vault, credential, { disableChallengeResourceVerification: true }).getSecret('password');
  process.stdout.write(JSON.stringify({ ids, value }));`;

for (const name of ['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud', 'AzureStack'] as const) {
  const cloud = cloudOf(name);
  const isAdfs = cloud.identityProvider === 'adfs';

  describe(`a sandbox that is ${name}`, function () {
    this.timeout(60_000);
    let sandbox: Sandbox;
    before(async () => {
      sandbox = await startSandbox({ scenario: parseScenario(yaml(name)) });
    });
    after(() => sandbox.stop());

    async function ask(credential: object): Promise<{ readonly ids: readonly string[]; readonly value: string }> {
      const { connection } = sandbox;
      const options = {
        tenant: isAdfs ? 'adfs' : connection.tenantId,
        client: connection.clientId,
        authorityHost: `https://${cloud.authorities[0]}`,
        endpoint: `https://${cloud.resourceManager}`,
        audience: cloud.resourceManagerAudiences.at(-1),
        vault: `https://kvweb.${cloud.vaultSuffix}`,
        subscription,
        ...credential,
      };
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--input-type=module', '--eval', program, JSON.stringify(options)],
        {
          env: { PATH: process.env['PATH'], HTTPS_PROXY: connection.proxy, NODE_EXTRA_CA_CERTS: connection.caFile },
        },
      );
      return JSON.parse(stdout) as { ids: string[]; value: string };
    }

    const secret = (): object => ({ secret: sandbox.connection.clientSecret });
    const certificate = (): object => ({ certificatePath: sandbox.connection.certificateFile });
    const schemes = [['a secret', secret] as const, ['a certificate', certificate] as const];
    // Microsoft's library for Node signs with PS256 everywhere; MSAL for .NET knows that ADFS does not take it.
    for (const [scheme, credential] of isAdfs ? schemes.slice(0, 1) : schemes) {
      it(`serves Microsoft's clients by its own names with ${scheme}`, async () => {
        sandbox.requests.clear();
        const vault = `kvweb.${cloud.vaultSuffix}`;
        assert.deepEqual(await ask(credential()), { ids: [`https://${vault}/`], value: 'hunter2' });
        const hosts = sandbox.requests.all().flatMap(({ server, host }) => (server === 'proxy' ? [host] : []));
        const own = [cloud.authorities[0], cloud.resourceManager, vault].map((host) => `${host}:443`);
        assert.deepEqual([...new Set(hosts)].toSorted(), own.toSorted());
      });
    }

    const tokenFor = async (audience: string): Promise<string> => {
      const { tenantId, clientId, clientSecret, activeDirectory } = sandbox.connection;
      const path = isAdfs ? '/adfs/oauth2/token' : `/${tenantId}/oauth2/token`;
      const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
      const answer = await post(`${activeDirectory}${path}`, { ...form, resource: audience });
      return answer.json['access_token'] as string;
    };
    const post = (url: string, form: Record<string, string>): Promise<Answer> =>
      postForm(url, { form, ca: sandbox.ca });

    if (name === 'AzureUSGovernment') {
      it('refuses a token that is for the public Resource Manager in the words of the service', async () => {
        const token = await tokenFor('https://management.azure.com/');
        const { resourceManager } = sandbox.connection;
        const path = `/subscriptions/${subscription}?api-version=2022-12-01`;
        const answer = await get(`${resourceManager}${path}`, sandbox.ca, token);
        assert.equal(answer.status, 401);
        const { error } = answer.json as { error: { code: string; message: string } };
        // https://github.com/Azure/azure-sdk-for-js/issues/18042
        assert.equal(
          error.message,
          "The access token has been obtained for wrong audience or resource 'https://management.azure.com/'. It should exactly match with one of the allowed audiences 'https://management.core.usgovcloudapi.net/','https://management.core.usgovcloudapi.net','https://management.usgovcloudapi.net/','https://management.usgovcloudapi.net'.",
        );
      });

      it('refuses a token that is for the public Key Vault', async () => {
        const token = await tokenFor('https://vault.azure.net');
        const url = `${sandbox.connection.keyVault}/secrets/password?api-version=7.4`;
        const answer = await get(url, sandbox.ca, token, 'kvweb.vault.usgovcloudapi.net');
        assert.equal(answer.status, 401);
        const { error } = answer.json as { error: { message: string } };
        assert.equal(
          error.message,
          'AKV10022: Invalid audience. Expected https://vault.usgovcloudapi.net, found: https://vault.azure.net.',
        );
      });
    }

    it('tells where its tokens come from, without asking who wants to know', async () => {
      const { resourceManager, activeDirectory } = sandbox.connection;
      const answer = await get(`${resourceManager}/metadata/endpoints?api-version=2015-01-01`, sandbox.ca);
      assert.equal(answer.status, 200);
      const { authentication } = answer.json as { authentication: { loginEndpoint: string; audiences: string[] } };
      assert.equal(authentication.loginEndpoint, isAdfs ? `${activeDirectory}/adfs` : `${activeDirectory}/`);
      assert.ok(cloud.resourceManagerAudiences.includes(authentication.audiences[0] ?? ''));
    });
  });
}

describe('the ADFS of a sandbox', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ scenario: parseScenario(yaml('AzureStack')) });
  });
  after(() => sandbox.stop());

  const resource = cloudOf('AzureStack').resourceManagerAudiences[0]!;
  const ask = (form: Record<string, string>): Promise<Answer> => {
    const { activeDirectory, clientId, clientSecret } = sandbox.connection;
    const good = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, resource };
    return postForm(`${activeDirectory}/adfs/oauth2/token`, { form: { ...good, ...form }, ca: sandbox.ca });
  };

  it('answers with a lifetime in numbers', async () => {
    const { status, json } = await ask({});
    assert.deepEqual([status, json['token_type'], json['expires_in']], [200, 'bearer', 3600]);
  });

  const refusals: readonly [string, Record<string, string>, string, string][] = [
    ['a wrong secret', { client_secret: 'wrong' }, 'invalid_client', 'MSIS9622'],
    ['an unknown application', { client_id: 'nobody' }, 'invalid_client', 'MSIS9223'],
    ['an unknown resource', { resource: 'https://management.azure.com/' }, 'invalid_resource', 'MSIS9602'],
    ['another grant', { grant_type: 'password' }, 'invalid_grant', 'MSIS9611'],
    ['no resource', { resource: '' }, 'invalid_request', 'MSIS9609'],
    ['an assertion of another issuer', { client_assertion: foreignAssertion() }, 'invalid_client', 'MSIS9622'],
  ];
  for (const [what, form, error, number] of refusals) {
    it(`refuses ${what}`, async () => {
      const { status, json } = await ask(form);
      assert.deepEqual([status, json['error']], [400, error]);
      assert.match(json['error_description'] as string, new RegExp(`^${number}: `));
    });
  }

  it("has its directory at the end of its issuer, where Azure Stack's tools look for it", async () => {
    const { activeDirectory, tenantId } = sandbox.connection;
    const { json } = await get(`${activeDirectory}/adfs/.well-known/openid-configuration`, sandbox.ca);
    assert.equal((json['issuer'] as string).replace(/\/$/, '').split('/').at(-1), tenantId);
  });
});

function foreignAssertion(): string {
  const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encoded({ alg: 'RS256' })}.${encoded({ iss: 'https://vstoken.dev.azure.com/x', sub: 'sc://a/b/c' })}.AAAA`;
}

function get(url: string, ca: string, token?: string, host?: string): Promise<Answer> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return postForm(url, { ca, headers: { ...authorization, ...(host === undefined ? {} : { host }) } });
}
