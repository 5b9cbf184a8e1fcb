import assert from 'node:assert/strict';
import { ClientSecretCredential } from '@azure/identity';
import { createLocalJWKSet, decodeJwt, generateKeyPair, jwtVerify, SignJWT, type JSONWebKeySet } from 'jose';
import { createAzure, type Azure } from '../../../sandbox/azure/index.ts';
import { loadScenario } from '../../../sandbox/scenario/load.ts';
import type { ApplicationSpec, Scenario } from '../../../sandbox/scenario/types.ts';
import { postForm, type Answer } from './requests.ts';
import { startTestEdge, type TestEdge } from './start.ts';

const armScope = 'https://management.azure.com/.default';

describe('time at the sandbox Entra', () => {
  let edge: TestEdge;
  let time = 0;
  const start = async (scenario: Partial<Scenario> = {}): Promise<void> => {
    time = Date.now();
    edge = await startTestEdge({
      scenario: { ...loadScenario('article'), ...scenario },
      now: () => time,
    });
  };
  const pass = (seconds: number): void => {
    time += seconds * 1000;
  };
  afterEach(() => edge.stop());

  const token = (form: Record<string, string>, path = 'oauth2/v2.0/token'): Promise<Answer> =>
    postForm(`${edge.addresses.activeDirectory}/${edge.tenantId}/${path}`, { form, ca: edge.authority.caPem });
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
  const idToken = async (): Promise<string> => {
    const { id } = edge.scenario.serviceConnections.find(({ name }) => name === 'azure-conn-federated')!;
    const { json } = await postForm(`${edge.oidcRequestUri(edge.job)}?api-version=7.1&serviceConnectionId=${id}`, {
      form: {},
      ca: edge.authority.caPem,
      headers: { authorization: `Bearer ${edge.job.accessToken}` },
    });
    return json['oidcToken'] as string;
  };
  const codes = ({ json }: Answer): unknown => json['error_codes'];
  const get = async (url: string): Promise<Readonly<Record<string, unknown>>> =>
    (await postForm(url, { ca: edge.authority.caPem })).json;

  it('lets its tokens expire, as its clock says', async () => {
    await start();
    const { json } = await token(withSecret());
    assert.equal(json['expires_in'], 3599);
    const jwt = String(json['access_token']);
    pass(3598);
    assert.equal((await edge.tokens.verify(jwt)).valid, true);
    pass(2);
    assert.deepEqual(await edge.tokens.verify(jwt), { valid: false, reason: 'expired' });
    assert.equal((await edge.tokens.verify(String((await token(withSecret())).json['access_token']))).valid, true);
  });

  it('gives tokens for a shorter time where a scenario says so, and says it in both versions', async () => {
    await start({ tokenLifetime: 90 });
    const second = await token(withSecret());
    const claims = decodeJwt(String(second.json['access_token']));
    assert.deepEqual(
      [second.json['expires_in'], second.json['ext_expires_in'], claims.exp! - claims.iat!],
      [90, 90, 90],
    );
    const first = await token(withSecret({ resource: 'https://management.azure.com/' }), 'oauth2/token');
    assert.equal(first.json['expires_in'], '90');
    assert.equal(Number(first.json['expires_on']) - Number(first.json['not_before']), 90);
    pass(91);
    assert.deepEqual(await edge.tokens.verify(String(second.json['access_token'])), {
      valid: false,
      reason: 'expired',
    });
  });

  it("is short enough for @azure/identity to know when a token's time is over", async () => {
    await start({ tokenLifetime: 90 });
    const { clientId, secret } = edge.application;
    const credential = new ClientSecretCredential(edge.tenantId, clientId, secret, {
      authorityHost: edge.addresses.activeDirectory,
      disableInstanceDiscovery: true,
      tlsOptions: { ca: edge.authority.caPem },
    });
    const { expiresOnTimestamp } = await credential.getToken(armScope);
    // It counts in whole seconds.
    assert.ok(expiresOnTimestamp <= Date.now() + 91_000);
  });

  it('allows five minutes between clocks in assertions: nbf, iat where there is none, and exp', async () => {
    await start();
    const { privateKey } = await generateKeyPair('RS256');
    const genuine = decodeJwt(await idToken());
    const now = Math.floor(Date.now() / 1000);
    const asked = async (claims: Record<string, number>): Promise<Answer> => {
      const { iat: _iat, nbf: _nbf, exp: _exp, ...rest } = genuine;
      const jwt = new SignJWT({ ...rest, ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'unknown' });
      return token(withAssertion(await jwt.sign(privateKey)));
    };
    // 7000272: the time was fine, and the next check spoke.
    const cases: readonly (readonly [Record<string, number>, number])[] = [
      [{ exp: now - 290 }, 7000272],
      [{ exp: now - 310 }, 700024],
      [{ nbf: now + 290, exp: now + 900 }, 7000272],
      [{ nbf: now + 310, exp: now + 900 }, 700024],
      [{ iat: now + 310, exp: now + 900 }, 700024],
      [{ iat: now + 310, nbf: now, exp: now + 900 }, 7000272],
      [{}, 700024],
    ];
    for (const [claims, code] of cases) assert.deepEqual(codes(await asked(claims)), [code], JSON.stringify(claims));
  });

  it('refuses a genuine assertion by 700024 once it is old, with the times in it', async () => {
    await start();
    const assertion = await idToken();
    assert.equal((await token(withAssertion(assertion))).status, 200);
    pass(decodeJwt(assertion).exp! - Math.floor(Date.now() / 1000) + 310);
    const refused = await token(withAssertion(assertion));
    assert.deepEqual([refused.status, codes(refused)], [401, [700024]]);
    assert.match(
      String(refused.json['error_description']),
      /Current time: \S+\.\d{7}Z, assertion valid from \S+Z, expiry time of assertion \S+Z\./,
    );
  });

  it('knows a new federated credential later: first 700211, then a token', async () => {
    const { clientId } = loadScenario('article').tenants[0]!.applications[0]!;
    await start({ delays: [{ of: 'federatedCredential', application: clientId, seconds: 45 }] });
    const asked = async (): Promise<Answer> => token(withAssertion(await idToken()));
    assert.deepEqual(codes(await asked()), [700211]);
    assert.equal((await token(withSecret())).status, 200);
    pass(44);
    assert.deepEqual(codes(await asked()), [700211]);
    pass(1);
    assert.equal((await asked()).status, 200);
  });

  it('does not delay the credentials of another application', async () => {
    await start({ delays: [{ of: 'federatedCredential', application: 'billing-team', seconds: 45 }] });
    assert.equal((await token(withAssertion(await idToken()))).status, 200);
    await edge.stop();
    await assert.rejects(
      start({ delays: [{ of: 'federatedCredential', application: 'nobody', seconds: 45 }] }),
      /"nobody"/,
    );
    await start();
  });

  it('gives assertions that are good by the same clock', async () => {
    await start();
    pass(3600);
    assert.equal((await token(withAssertion(await idToken()))).status, 200);
  });

  it('refuses an expired secret by its own number, a wrong one as ever, and every method but POST', async () => {
    const { tenants } = loadScenario('article');
    const applications = tenants[0]!.applications.map((each): ApplicationSpec => ({ ...each, secretExpired: true }));
    await start({ tenants: [{ ...tenants[0]!, applications }] });
    const expired = await token(withSecret());
    assert.deepEqual([expired.status, expired.json['error'], codes(expired)], [401, 'invalid_client', [7000222]]);
    assert.match(
      String(expired.json['error_description']),
      new RegExp(`for app '${edge.application.clientId}' are expired`),
    );
    assert.deepEqual(codes(await token(withSecret({ client_secret: 'wrong' }))), [7000215]);
    const address = `${edge.addresses.activeDirectory}/${edge.tenantId}/oauth2/v2.0/token`;
    assert.deepEqual((await get(address))['error_codes'], [900561]);
  });

  it("says every refusal in Entra's JSON", async () => {
    await start();
    const { headers, json } = await token(withSecret({ client_secret: 'wrong' }));
    assert.match(headers['content-type']!, /^application\/json/);
    assert.deepEqual(Object.keys(json).sort(), [
      'correlation_id',
      'error',
      'error_codes',
      'error_description',
      'error_uri',
      'timestamp',
      'trace_id',
    ]);
    assert.match(String(json['timestamp']), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
    assert.equal(json['error_uri'], 'https://login.microsoftonline.com/error?code=7000215');
    const description = String(json['error_description']);
    for (const name of ['trace_id', 'correlation_id', 'timestamp']) assert.ok(description.includes(String(json[name])));
  });

  it('issues tokens that verify by what its OpenID configuration leads to', async () => {
    await start();
    const { tenantId, application } = edge;
    const configuration = await get(`${edge.addresses.activeDirectory}/${tenantId}/.well-known/openid-configuration`);
    const keys = (await get(String(configuration['jwks_uri']))) as unknown as JSONWebKeySet;
    const { json } = await token(withSecret({ scope: 'https://vault.azure.net/.default' }));
    const verified = await jwtVerify(String(json['access_token']), createLocalJWKSet(keys), {
      issuer: String(configuration['issuer']),
      audience: 'https://vault.azure.net',
      algorithms: configuration['id_token_signing_alg_values_supported'] as string[],
      requiredClaims: ['exp', 'nbf', 'iat', 'tid', 'oid', 'appid', 'sub', 'ver'],
    });
    assert.deepEqual(
      [verified.payload['tid'], verified.payload['oid'], verified.payload['appid'], verified.payload['idtyp']],
      [tenantId, application.objectId, application.clientId, 'app'],
    );
    assert.equal(verified.protectedHeader.kid, verified.protectedHeader.x5t);
    const [header, payload, signature] = String(json['access_token']).split('.');
    const forged = JSON.stringify({ ...JSON.parse(Buffer.from(payload!, 'base64url').toString()), oid: 'another' });
    const changed = [header, Buffer.from(forged).toString('base64url'), signature].join('.');
    await assert.rejects(jwtVerify(changed, createLocalJWKSet(keys)), {
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });
  });

  describe('and managed identities', () => {
    const machine = (tokenLifetime?: number): Azure =>
      createAzure({
        scenario: { ...edge.scenario, ...(tokenLifetime === undefined ? {} : { tokenLifetime }) },
        tokens: edge.tokens,
        clusters: { byResourceId: () => undefined },
        caPem: edge.authority.caPem,
      });
    const asked = async (azure: Azure): Promise<Readonly<Record<string, string>>> => {
      const [cluster] = azure.placements;
      const { subscriptionId, spec } = cluster!;
      const group = `/subscriptions/${subscriptionId}/resourceGroups/${spec.nodeResourceGroup}`;
      const { body } = await azure.instanceMetadata(
        `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/${spec.nodes[0]!.scaleSet}`,
        {
          method: 'GET',
          path: '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net',
          headers: { metadata: 'true' },
        },
      );
      return body as Readonly<Record<string, string>>;
    };

    it('have tokens of the same keys, for a day', async () => {
      await start();
      const issued = await asked(machine());
      assert.equal(issued['expires_in'], '86400');
      const { payload } = await jwtVerify(issued['access_token']!, createLocalJWKSet(edge.tokens.keys));
      assert.equal(payload.exp! - payload.iat!, 86_400);
    });

    it('have them for as long as the scenario says', async () => {
      await start();
      const issued = await asked(machine(90));
      const claims = decodeJwt(issued['access_token']!);
      assert.deepEqual([issued['expires_in'], claims.exp! - claims.iat!], ['90', 90]);
      assert.equal(Number(issued['expires_on']) - Number(issued['not_before']), 90);
    });
  });
});
