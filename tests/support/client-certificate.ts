/** A client certificate in the forms in which an agent may be configured with it; files that a run of tests removes. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Context } from 'mocha';
import type { CertificateAuthority } from '../../sandbox/kit/certificates.ts';
import { skipLoudly } from './skip.ts';

export interface ClientCertificateFiles {
  readonly certificate: string;
  readonly key: string;
  /** The same key, encrypted with `password`. */
  readonly encryptedKey: string;
  readonly password: string;
  /** PKCS #12 with the same password; skips the test aloud where openssl is missing. */
  archive(context: Context): string;
  /** One more file. */
  write(name: string, content: string): string;
  remove(): void;
}

export const clientName = 'pipeline-agent';

export async function clientCertificateFiles(authority: CertificateAuthority): Promise<ClientCertificateFiles> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-client-'));
  const { certPem, keyPem } = await authority.clientCertificate({ commonName: clientName });
  const password = 'cl1ent-p4ss/+';
  const write = (name: string, content: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  const protection = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: password } as const;
  const certificate = write('client.pem', certPem);
  const key = write('client.key', keyPem);
  return {
    certificate,
    key,
    encryptedKey: write('encrypted.key', createPrivateKey(keyPem).export(protection).toString()),
    password,
    archive: (context) => {
      const archive = path.join(folder, 'client.pfx');
      try {
        const files = ['-in', certificate, '-inkey', key, '-out', archive, '-passout', `pass:${password}`];
        execFileSync('openssl', ['pkcs12', '-export', ...files], { stdio: 'ignore' });
      } catch {
        return skipLoudly(context, 'there is no openssl on this machine that makes a PKCS #12 archive');
      }
      return archive;
    },
    write,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
