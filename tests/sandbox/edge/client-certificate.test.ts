import assert from 'node:assert/strict';
import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { ClientCertificateCredential } from '@azure/identity';
import { decodeJwt, SignJWT, type JWTPayload } from 'jose';
import { postForm, type Answer } from './requests.ts';
import { startTestEdge, type TestEdge } from './start.ts';

const scope = 'https://management.azure.com/.default';

describe('the sandbox Entra, given a client certificate', () => {
  let edge: TestEdge;
  let pem: string;
  before(async () => {
    edge = await startTestEdge();
    pem = edge.certificates.get(edge.application.clientId)!.pem;
  });
  after(() => edge.stop());

  const endpoint = (): string => `${edge.addresses.activeDirectory}/${edge.tenantId}/oauth2/v2.0/token`;
  const thumbprint = (): string => createHash('sha1').update(new X509Certificate(pem).raw).digest('base64url');
  const ask = (client_assertion: string): Promise<Answer> =>
    postForm(endpoint(), {
      ca: edge.authority.caPem,
      form: {
        grant_type: 'client_credentials',
        client_id: edge.application.clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion,
        scope,
      },
    });
  const signed = (claims: JWTPayload, header: object = {}, key = createPrivateKey(pem)): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const { clientId } = edge.application;
    return new SignJWT({ iss: clientId, sub: clientId, aud: endpoint(), nbf: now, exp: now + 600, ...claims })
      .setProtectedHeader({ alg: 'RS256', x5t: thumbprint(), ...header })
      .sign(key);
  };
  const codeOf = async (assertion: Promise<string>): Promise<readonly [unknown, string]> => {
    const { json } = await ask(await assertion);
    return [(json['error_codes'] as unknown[] | undefined)?.[0], String(json['error_description'])];
  };

  it("signs in Microsoft's own client, with and without the chain", async () => {
    for (const sendCertificateChain of [true, false]) {
      const credential = new ClientCertificateCredential(
        edge.tenantId,
        edge.application.clientId,
        { certificate: pem },
        {
          authorityHost: edge.addresses.activeDirectory,
          disableInstanceDiscovery: true,
          sendCertificateChain,
          tlsOptions: { ca: edge.authority.caPem },
        },
      );
      const { token } = await credential.getToken(scope);
      assert.equal(decodeJwt(token)['oid'], edge.application.objectId);
    }
  });

  it('accepts an assertion with the SHA-1 thumbprint, as older clients sign it', async () => {
    assert.equal((await ask(await signed({}))).status, 200);
  });

  it('refuses another client, audience or time by its own number', async () => {
    const now = Math.floor(Date.now() / 1000);
    assert.equal((await codeOf(signed({ iss: 'other', sub: 'other' })))[0], 700021);
    assert.equal((await codeOf(signed({ aud: 'https://login.example/t/oauth2/v2.0/token' })))[0], 700023);
    assert.equal((await codeOf(signed({ nbf: now - 1200, exp: now - 400 })))[0], 700024);
  });

  it('refuses a certificate that is not registered, and a signature by another key, as AADSTS700027', async () => {
    const [unknown, why] = await codeOf(signed({}, { x5t: Buffer.alloc(20, 1).toString('base64url') }));
    assert.equal(unknown, 700027);
    assert.match(why, /The key was not found.*'0101/);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const [forged, reason] = await codeOf(signed({}, {}, privateKey));
    assert.equal(forged, 700027);
    assert.match(reason, /signature value did not match/);
  });

  it('refuses an expired certificate', async () => {
    const [tenant] = edge.scenario.tenants;
    const application = { ...edge.application, certificate: 'expired' as const };
    const other = await startTestEdge({
      scenario: { ...edge.scenario, tenants: [{ ...tenant!, applications: [application] }] },
    });
    const { pem: expired } = other.certificates.get(application.clientId)!;
    const credential = new ClientCertificateCredential(
      other.tenantId,
      application.clientId,
      { certificate: expired },
      {
        authorityHost: other.addresses.activeDirectory,
        disableInstanceDiscovery: true,
        tlsOptions: { ca: other.authority.caPem },
      },
    );
    await assert.rejects(credential.getToken(scope), /AADSTS700027.*The key used is expired/s);
    await other.stop();
  });
});
