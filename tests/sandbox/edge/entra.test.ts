import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { ClientAssertionCredential, ClientSecretCredential, type TokenCredential } from '@azure/identity';
import { createLocalJWKSet, decodeJwt, generateKeyPair, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { issuer } from '../../../sandbox/azure-devops/organization.ts';
import { createTokenAuthority } from '../../../sandbox/entra/token-authority.ts';
import { postForm, type Answer } from './requests.ts';
import { startTestEdge, type TestEdge } from './start.ts';

const armScope = 'https://management.azure.com/.default';

describe('the sandbox Entra', () => {
  let edge: TestEdge;
  before(async () => {
    edge = await startTestEdge();
  });
  after(() => edge.stop());

  const token = (form: Record<string, string>, path = `/${edge.tenantId}/oauth2/v2.0/token`): Promise<Answer> =>
    postForm(`${edge.addresses.activeDirectory}${path}`, { form, ca: edge.authority.caPem });
  const withSecret = (more: Record<string, string> = {}): Record<string, string> => ({
    grant_type: 'client_credentials',
    client_id: edge.application.clientId,
    client_secret: edge.application.secret,
    scope: armScope,
    ...more,
  });
  const withAssertion = (client_assertion: string): Record<string, string> => ({
    grant_type: 'client_credentials',
    client_id: edge.application.clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
    scope: armScope,
  });
  const idToken = async (connection = 'azure-conn-federated'): Promise<string> => {
    const { id } = edge.scenario.serviceConnections.find(({ name }) => name === connection)!;
    const answer = await postForm(`${edge.oidcRequestUri(edge.job)}?api-version=7.1&serviceConnectionId=${id}`, {
      form: {},
      ca: edge.authority.caPem,
      headers: { authorization: `Bearer ${edge.job.accessToken}` },
    });
    return answer.json['oidcToken'] as string;
  };

  describe('asked by @azure/identity', () => {
    const tls = (): { tlsOptions: { ca: string } } => ({ tlsOptions: { ca: edge.authority.caPem } });
    const claimsOf = async (credential: TokenCredential, scope = armScope): Promise<JWTPayload> => {
      const { token: jwt } = (await credential.getToken(scope))!;
      const { payload } = await jwtVerify(jwt, createLocalJWKSet(edge.tokens.keys));
      return payload;
    };

    it('signs in a client secret at the sandbox authority without instance discovery', async () => {
      const credential = new ClientSecretCredential(edge.tenantId, edge.application.clientId, edge.application.secret, {
        authorityHost: edge.addresses.activeDirectory,
        disableInstanceDiscovery: true,
        ...tls(),
      });
      const claims = await claimsOf(credential);
      assert.equal(claims.aud, 'https://management.azure.com');
      assert.equal(claims.iss, `https://sts.windows.net/${edge.tenantId}/`);
      assert.equal(claims['oid'], edge.application.objectId);
      assert.equal(claims['appid'], edge.application.clientId);
      assert.ok(Math.abs(claims.exp! - claims.iat! - 3599) < 2);
    });

    // @azure/identity ignores a certificate authority that it is given together with a proxy: a process of its own gets both.
    const throughProxy = async (authorityHost: string): Promise<JWTPayload> => {
      const script = `import { ClientSecretCredential } from '@azure/identity';
        const [tenant, client, secret, authorityHost] = process.argv.slice(1);
        const credential = new ClientSecretCredential(tenant, client, secret, authorityHost ? { authorityHost } : {});
        process.stdout.write((await credential.getToken('https://vault.azure.net/.default')).token);`;
      const { clientId, secret } = edge.application;
      const folder = await mkdtemp(path.join(os.tmpdir(), 'edge-'));
      const caFile = path.join(folder, 'ca.pem');
      await writeFile(caFile, edge.authority.caPem);
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--input-type=module', '--eval', script, edge.tenantId, clientId, secret, authorityHost],
        { env: { PATH: process.env['PATH'], HTTPS_PROXY: edge.addresses.proxy, NODE_EXTRA_CA_CERTS: caFile } },
      );
      await rm(folder, { recursive: true });
      return decodeJwt(stdout);
    };

    it("signs in at Entra's real name behind the proxy", async () => {
      assert.equal((await throughProxy('')).aud, 'https://vault.azure.net');
    });

    it('signs in at the sandbox authority with instance discovery, behind the proxy', async () => {
      edge.requests.clear();
      assert.equal((await throughProxy(edge.addresses.activeDirectory)).aud, 'https://vault.azure.net');
      assert.ok(edge.requests.all().some((request) => request.path.startsWith('/common/discovery/instance')));
    });

    it("signs in a federated assertion of the pipeline's service connection", async () => {
      const credential = new ClientAssertionCredential(edge.tenantId, edge.application.clientId, () => idToken(), {
        authorityHost: edge.addresses.activeDirectory,
        disableInstanceDiscovery: true,
        ...tls(),
      });
      assert.equal((await claimsOf(credential))['oid'], edge.application.objectId);
    });

    it('passes on a wrong secret as AADSTS7000215', async () => {
      const credential = new ClientSecretCredential(edge.tenantId, edge.application.clientId, 'wrong', {
        authorityHost: edge.addresses.activeDirectory,
        disableInstanceDiscovery: true,
        ...tls(),
      });
      await assert.rejects(credential.getToken(armScope), /AADSTS7000215: Invalid client secret provided/);
    });
  });

  it('answers v1 with numbers as text and the resource as audience', async () => {
    const { status, json } = await token(
      { ...withSecret(), resource: 'https://management.core.windows.net/' },
      `/${edge.tenantId}/oauth2/token`,
    );
    assert.equal(status, 200);
    assert.equal(json['expires_in'], '3599');
    assert.equal(json['resource'], 'https://management.core.windows.net/');
    assert.equal(decodeJwt(json['access_token'] as string).aud, 'https://management.core.windows.net/');
  });

  it('takes the double slash of az and its own Resource Manager address as Azure Resource Manager', async () => {
    const audience = async (scope: string): Promise<unknown> => {
      const { json } = await token(withSecret({ scope }));
      return decodeJwt(json['access_token'] as string).aud;
    };
    assert.equal(
      await audience('https://management.core.windows.net//.default'),
      'https://management.core.windows.net/',
    );
    assert.equal(await audience(`${edge.addresses.resourceManager}/.default`), 'https://management.azure.com/');
  });

  it("refuses with Entra's numbers, words and statuses", async () => {
    const client_id = '11111111-2222-4333-8444-555555555555';
    const cases: readonly [Promise<Answer>, number, string, number][] = [
      [token(withSecret({ client_secret: 'wrong' })), 7000215, 'invalid_client', 401],
      [token(withSecret({ client_id })), 700016, 'unauthorized_client', 400],
      [token(withSecret(), `/${client_id}/oauth2/v2.0/token`), 90002, 'invalid_request', 400],
      [token(withSecret({ grant_type: 'password' })), 70003, 'unsupported_grant_type', 400],
      [token(withSecret({ scope: 'https://management.azure.com/read' })), 1002012, 'invalid_scope', 400],
      [token(withSecret({ scope: 'https://elsewhere.example/.default' })), 500011, 'invalid_resource', 400],
      [
        token({ grant_type: 'client_credentials', client_id: edge.application.clientId, scope: armScope }),
        7000216,
        'invalid_client',
        401,
      ],
      [token({}), 900144, 'invalid_request', 400],
      [token(withAssertion('no.jwt')), 50027, 'invalid_request', 400],
    ];
    for (const [asked, code, error, status] of cases) {
      const answer = await asked;
      assert.equal(answer.status, status, String(code));
      assert.equal(answer.json['error'], error);
      assert.deepEqual(answer.json['error_codes'], [code]);
      assert.match(
        String(answer.json['error_description']),
        new RegExp(`^AADSTS${String(code)}: .* Trace ID: \\S+ Correlation ID: \\S+ Timestamp: `),
      );
      assert.equal(answer.json['access_token'], undefined);
    }
  });

  describe('given a federated assertion', () => {
    const forged = async (claims: JWTPayload, kid = 'unknown-key'): Promise<string> => {
      const { privateKey } = await generateKeyPair('RS256');
      const genuine = decodeJwt(await idToken());
      return new SignJWT({ ...genuine, ...claims }).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
    };
    const codeOf = async (assertion: string): Promise<unknown> =>
      (await token(withAssertion(assertion))).json['error_codes'];

    it('accepts a genuine one', async () => {
      assert.equal((await token(withAssertion(await idToken()))).status, 200);
    });

    it('refuses another issuer, subject or audience by its own number', async () => {
      assert.deepEqual(await codeOf(await forged({ iss: `${issuer}/` })), [700211]);
      assert.deepEqual(await codeOf(await forged({ aud: 'api://other' })), [700212]);
      assert.deepEqual(await codeOf(await forged({ sub: 'sc://contoso/keyless-pods/Azure-Conn-Federated' })), [700213]);
    });

    it('refuses one that is expired or not yet valid', async () => {
      const now = Math.floor(Date.now() / 1000);
      assert.deepEqual(await codeOf(await forged({ nbf: now - 1200, exp: now - 400 })), [700024]);
      assert.deepEqual(await codeOf(await forged({ nbf: now + 400, exp: now + 1200 })), [700024]);
    });

    it('refuses one that the issuer did not sign', async () => {
      assert.deepEqual(await codeOf(await forged({})), [7000272]);
      const [header = ''] = (await idToken()).split('.');
      const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
      assert.deepEqual(await codeOf(await forged({}, kid)), [50013]);
    });
  });

  it('refuses an assertion whose issuer is not reachable from the sandbox, and never asks it', async () => {
    const [tenant] = edge.scenario.tenants;
    const foreign = { issuer: 'https://issuer.example', subject: 's', audience: 'api://AzureADTokenExchange' };
    const application = { ...edge.application, federatedCredentials: [foreign] };
    const other = await startTestEdge({
      scenario: { ...edge.scenario, tenants: [{ ...tenant!, applications: [application] }] },
    });
    const { privateKey } = await generateKeyPair('RS256');
    const assertion = await new SignJWT({ iss: foreign.issuer, sub: 's', aud: foreign.audience })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setExpirationTime('5m')
      .sign(privateKey);
    const { json } = await postForm(`${other.addresses.activeDirectory}/${edge.tenantId}/oauth2/v2.0/token`, {
      form: withAssertion(assertion),
      ca: other.authority.caPem,
    });
    await other.stop();
    assert.deepEqual(json['error_codes'], [90061]);
  });

  it('shows its configuration under the name it was asked by, and its keys', async () => {
    const base = `${edge.addresses.activeDirectory}/${edge.tenantId}`;
    const { json } = await postForm(`${base}/v2.0/.well-known/openid-configuration`, { ca: edge.authority.caPem });
    assert.equal(json['token_endpoint'], `${base}/oauth2/v2.0/token`);
    assert.equal(json['issuer'], `${base}/v2.0`);
    const keys = await postForm(String(json['jwks_uri']), { ca: edge.authority.caPem });
    assert.deepEqual(keys.json, edge.tokens.keys);
    const unknown = await postForm(`${edge.addresses.activeDirectory}/nowhere/v2.0/.well-known/openid-configuration`, {
      ca: edge.authority.caPem,
    });
    assert.equal(unknown.json['error'], 'invalid_tenant');
  });
});

describe('an access token', () => {
  const tenantId = '72f988bf-86f1-41af-91ab-2d7cd011db47';
  const claims = { tenantId, audience: 'https://vault.azure.net', objectId: 'o', clientId: 'c' };

  it('is verified with its claims, and refused by reason', async () => {
    const [authority, other] = await Promise.all([createTokenAuthority([tenantId]), createTokenAuthority([tenantId])]);
    const issuedBy = `https://sts.windows.net/${tenantId}/`;
    const verified = await authority.verify(await authority.issue(claims));
    assert.deepEqual(verified, { valid: true, claims: { ...claims, issuer: issuedBy } });
    assert.deepEqual(await authority.verify(await other.issue(claims)), { valid: false, reason: 'signature' });
    assert.deepEqual(await authority.verify(await authority.issue(claims, -10)), { valid: false, reason: 'expired' });
    assert.deepEqual(await authority.verify('nonsense'), { valid: false, reason: 'malformed' });
    const foreign = await authority.issue({ ...claims, tenantId: 'another' });
    assert.deepEqual(await authority.verify(foreign), { valid: false, reason: 'issuer' });
  });
});
