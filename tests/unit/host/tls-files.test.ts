import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { CertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import { createCertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import type { TlsFiles } from '../../../src/host/tls-files.ts';
import { readCertificateAuthority, readClientCertificate } from '../../../src/host/tls-files.ts';
import type { ClientCertificate } from '../../../src/runtime/ports.ts';
import type { ClientCertificateFiles } from '../../support/client-certificate.ts';
import { clientCertificateFiles } from '../../support/client-certificate.ts';
import { refusal } from '../azure/endpoint-reader.ts';

const none: TlsFiles = {
  ca: undefined,
  certificate: undefined,
  key: undefined,
  archive: undefined,
  password: undefined,
};

describe('the certificates of an agent', () => {
  let authority: CertificateAuthority;
  let files: ClientCertificateFiles;
  const masked: string[] = [];
  const reader = { read: (file: string) => readFileSync(file), mask: (value: string) => masked.push(value) };
  const read = (given: Partial<TlsFiles>): ClientCertificate | undefined =>
    readClientCertificate({ ...none, ...given }, reader);
  before(async () => {
    authority = await createCertificateAuthority('test');
    files = await clientCertificateFiles(authority);
  });
  after(() => {
    files.remove();
  });
  beforeEach(() => masked.splice(0));

  it('are none where the agent was configured with none', () => {
    assert.equal(read({}), undefined);
    assert.equal(readCertificateAuthority(none, reader), undefined);
  });

  it('are a certificate and its key, every line of which is masked', () => {
    const { certificate, key } = files;
    assert.equal(read({ certificate, key })?.form, 'pem');
    const lines = readFileSync(key, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    assert.deepEqual(
      lines.filter((line) => !masked.includes(line)),
      [],
    );
  });

  it('are a key with a password, which is masked', () => {
    const { certificate, encryptedKey: key, password } = files;
    assert.equal(read({ certificate, key, password })?.passphrase?.reveal(), password);
    assert.ok(masked.includes(password));
  });

  it('are one file with certificate and key', () => {
    const both = files.write('both.pem', readFileSync(files.certificate, 'utf8') + readFileSync(files.key, 'utf8'));
    assert.equal(read({ certificate: both })?.form, 'pem');
  });

  it('are an archive where there is no key', function () {
    const { certificate, password } = files;
    assert.equal(read({ certificate, archive: files.archive(this), password })?.form, 'pfx');
  });

  it('name the setting of a password that is wrong, and never the password', function () {
    const { certificate, encryptedKey: key } = files;
    const wrong = (setting: string) => (error: unknown) =>
      refusal('CON008', new RegExp(`${setting} .*Agent\\.ClientCertPassword`))(error) &&
      !String(error).includes('wr0ng');
    assert.throws(() => read({ certificate, key, password: 'wr0ng' }), wrong('Agent\\.ClientCertKey'));
    assert.throws(() => read({ certificate, key }), wrong('Agent\\.ClientCertKey'));
    assert.throws(() => read({ archive: files.archive(this), password: 'wr0ng' }), wrong('Agent\\.ClientCertArchive'));
  });

  it('name the file that is missing, and the setting that names it', () => {
    const file = '/nowhere/client.pem';
    const missing = (setting: string) => refusal('CON008', new RegExp(`${setting} .*/nowhere/client\\.pem.*ENOENT`));
    assert.throws(() => read({ certificate: file, key: files.key }), missing('Agent\\.ClientCert'));
    assert.throws(() => read({ certificate: files.certificate, key: file }), missing('Agent\\.ClientCertKey'));
    assert.throws(() => read({ archive: file }), missing('Agent\\.ClientCertArchive'));
    assert.throws(() => readCertificateAuthority({ ...none, ca: file }, reader), missing('Agent\\.CAInfo'));
  });

  it('say what is no certificate, and which key belongs to another one', async () => {
    const { keyPem } = await authority.clientCertificate({ commonName: 'other' });
    const [empty, other] = [files.write('empty.pem', 'nothing\n'), files.write('other.key', keyPem)];
    assert.throws(() => read({ certificate: empty, key: files.key }), refusal('CON008', /^Agent\.ClientCert names/));
    assert.throws(() => read({ certificate: files.certificate, key: other }), refusal('CON008', /another certificate/));
    assert.throws(() => read({ archive: empty }), refusal('CON008', /^Agent\.ClientCertArchive names/));
  });

  it('are one or more authorities, each of which must be one', () => {
    const two = files.write('ca.pem', authority.caPem + authority.caPem);
    assert.equal(readCertificateAuthority({ ...none, ca: two }, reader), authority.caPem + authority.caPem);
    for (const content of ['nothing', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']) {
      const ca = files.write('bad.pem', content);
      assert.throws(() => readCertificateAuthority({ ...none, ca }, reader), refusal('CON008', /^Agent\.CAInfo names/));
    }
  });
});
