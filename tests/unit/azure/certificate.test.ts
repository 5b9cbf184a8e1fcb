import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { TenantSpec } from '../../../sandbox/scenario/types.ts';
import { createApplicationCertificates } from '../../../sandbox/entra/application-certificates.ts';
import { certificateProblem } from '../../../src/azure/certificate.ts';
import { publicCloud } from '../../../src/azure/cloud.ts';
import { readConnection } from '../../../src/azure/connection.ts';

const application = { name: 'a', clientId: 'C', objectId: 'o', secret: 's', federatedCredentials: [] };
const tenants: TenantSpec[] = [
  { name: 't', id: 'i', applications: [{ ...application, certificate: 'valid', directoryReader: false }] },
];

describe('a certificate of a service connection', () => {
  let pem: string;
  let certificate: string;
  before(async () => {
    const made = (await createApplicationCertificates(tenants)).get('c')!;
    pem = made.pem;
    certificate = made.certificate.toString();
  });

  const keyOf = (type: 'rsa' | 'ec'): string => {
    const { privateKey } =
      type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  };

  it('is usable with its key behind or before it', () => {
    assert.equal(certificateProblem(pem), undefined);
    assert.equal(certificateProblem(pem.slice(pem.indexOf('-----BEGIN PRIVATE')) + certificate), undefined);
  });

  it('is told apart from what cannot work', () => {
    assert.match(certificateProblem('nothing')!, /no certificate/);
    assert.match(certificateProblem(certificate)!, /no private key/);
    assert.match(certificateProblem(certificate + keyOf('rsa'))!, /belongs to another certificate/);
    assert.match(certificateProblem(certificate + keyOf('ec'))!, /not RSA/);
  });

  it('is masked line by line before anything else happens to it', () => {
    const masked: string[] = [];
    const values: Record<string, string> = {
      tenantid: 't',
      serviceprincipalid: 'c',
      authenticationtype: 'spnCertificate',
      serviceprincipalcertificate: pem,
    };
    const reader = {
      url: () => undefined,
      scheme: () => 'ServicePrincipal',
      authorization: (_id: string, key: string) => values[key.toLowerCase()],
      data: (_id: string, key: string) => (key === 'subscriptionid' ? 's' : undefined),
    };
    const connection = readConnection(reader, 'id', { mask: (value) => masked.push(value), cloud: publicCloud });
    assert.equal(connection.scheme, 'certificate');
    const lines = pem.split('\n').filter((line) => line !== '');
    assert.deepEqual(masked, lines);
  });
});
