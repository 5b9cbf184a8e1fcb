import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import type { TenantSpec } from '../../../sandbox/scenario/types.ts';
import { createApplicationCertificates } from '../../../sandbox/entra/application-certificates.ts';
import { certificatesOf, clientAssertion } from '../../../src/azure/client-assertion.ts';

const application = { name: 'a', clientId: 'C', objectId: 'o', secret: 's', federatedCredentials: [] };
const tenants: TenantSpec[] = [
  { name: 't', id: 'i', applications: [{ ...application, certificate: 'valid', directoryReader: false }] },
];

describe('the assertion of a certificate', () => {
  let pem: string;
  before(async () => {
    pem = (await createApplicationCertificates(tenants)).get('c')?.pem ?? '';
  });

  const made = (text: string, signature: 'PS256' | 'RS256' = 'PS256'): string =>
    clientAssertion({ pem: text, clientId: 'client', audience: 'https://entra/t/token', now: new Date(), signature });

  it('is signed with the key of the certificate that it carries', async () => {
    const assertion = made(pem);
    const [own] = certificatesOf(pem);
    assert.ok(own);
    const { payload } = await jwtVerify(assertion, own.publicKey, { algorithms: ['PS256'] });
    assert.equal(payload.iss, 'client');
    assert.equal(payload.sub, 'client');
    assert.equal(payload.aud, 'https://entra/t/token');
    assert.equal((payload.exp ?? 0) - (payload.nbf ?? 0), 600);
    const header = decodeProtectedHeader(assertion);
    assert.equal(new X509Certificate(Buffer.from(header.x5c?.[0] ?? '', 'base64')).fingerprint256, own.fingerprint256);
    assert.equal(
      Buffer.from(String(header['x5t#S256']), 'base64url').toString('hex').toUpperCase(),
      own.fingerprint256.replaceAll(':', ''),
    );
  });

  it('is signed for ADFS with RS256 and named by the SHA-1 thumbprint', async () => {
    const assertion = made(pem, 'RS256');
    const [own] = certificatesOf(pem);
    assert.ok(own);
    await jwtVerify(assertion, own.publicKey, { algorithms: ['RS256'] });
    const { x5t, ...header } = decodeProtectedHeader(assertion);
    const thumbprint = Buffer.from(x5t ?? '', 'base64url')
      .toString('hex')
      .toUpperCase();
    assert.equal(thumbprint, own.fingerprint.replaceAll(':', ''));
    assert.deepEqual([header.x5c?.length, header['x5t#S256']], [1, undefined]);
  });

  it('names the certificate of the key first, wherever it stands in the file', async () => {
    const other = (await createApplicationCertificates(tenants)).get('c')?.pem ?? '';
    const foreign = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(other)?.[0] ?? '';
    const chain = decodeProtectedHeader(made(`${foreign}\n${pem}`)).x5c ?? [];
    assert.equal(chain.length, 2);
    const [own] = certificatesOf(pem);
    assert.equal(new X509Certificate(Buffer.from(chain[0] ?? '', 'base64')).fingerprint256, own?.fingerprint256);
  });

  it('is another one each time', () => {
    assert.notEqual(made(pem), made(pem));
  });
});
