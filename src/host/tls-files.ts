import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { ClientCertificate } from '../runtime/ports.ts';
import { secureContextOptions } from '../runtime/client-certificate.ts';
import type { Mask } from '../runtime/secret.ts';
import { Secret } from '../runtime/secret.ts';

/** Paths as the agent was configured with them (config.sh --sslcacert, --sslclientcert, ...). */
export interface TlsFiles {
  /** Agent.CAInfo */
  readonly ca: string | undefined;
  /** Agent.ClientCert: PEM. */
  readonly certificate: string | undefined;
  /** Agent.ClientCertKey: PEM. */
  readonly key: string | undefined;
  /** Agent.ClientCertArchive: the same as PKCS #12. */
  readonly archive: string | undefined;
  /** Agent.ClientCertPassword: of the key and of the archive. */
  readonly password: string | undefined;
}

export interface TlsReader {
  /** @throws where the file cannot be read */
  readonly read: (file: string) => Buffer;
  readonly mask: Mask;
}

/** PEM of Agent.CAInfo. @throws DiagnosticError CON008 */
export function readCertificateAuthority({ ca }: TlsFiles, { read }: TlsReader): string | undefined {
  if (ca === undefined) return undefined;
  const pem = readFile('Agent.CAInfo', ca, read).toString('utf8');
  const blocks =
    pem.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^]*?-----END [A-Z0-9 ]*CERTIFICATE-----/g) ?? [];
  // Node takes anything for an authority and trusts nobody for it, so what is wrong would show as an untrusted server.
  if (blocks.length === 0) throw unusable('Agent.CAInfo', ca, 'it holds no certificate in PEM form');
  for (const block of blocks) attempt(() => new X509Certificate(block), 'Agent.CAInfo', ca);
  return pem;
}

/**
 * The certificate that the agent shows to servers; certificate and key before the archive, which holds the same. Tried
 * before the first request, because a wrong password would show as a server that cannot be reached.
 * @throws DiagnosticError CON008
 */
export function readClientCertificate(files: TlsFiles, { read, mask }: TlsReader): ClientCertificate | undefined {
  const { certificate, key, archive, password } = files;
  const passphrase = password === undefined ? {} : { passphrase: Secret.register(password, mask) };
  if (certificate !== undefined && (key !== undefined || archive === undefined)) {
    const pem = readFile('Agent.ClientCert', certificate, read).toString('utf8');
    const keyText = key === undefined ? pem : readFile('Agent.ClientCertKey', key, read).toString('utf8');
    const found = { form: 'pem', certificate: pem, key: Secret.register(keyText, mask), ...passphrase } as const;
    attempt(() => createSecureContext({ cert: pem }), 'Agent.ClientCert', certificate);
    attempt(() => createSecureContext(secureContextOptions(found)), 'Agent.ClientCertKey', key ?? certificate);
    return found;
  }
  if (archive === undefined) return undefined;
  const found = { form: 'pfx', archive: readFile('Agent.ClientCertArchive', archive, read), ...passphrase } as const;
  attempt(() => createSecureContext(secureContextOptions(found)), 'Agent.ClientCertArchive', archive);
  return found;
}

function readFile(setting: string, file: string, read: TlsReader['read']): Buffer {
  try {
    return read(file);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    throw unusable(setting, file, `it cannot be read (${typeof code === 'string' ? code : String(error)})`, error);
  }
}

function attempt(use: () => unknown, setting: string, file: string): void {
  try {
    use();
  } catch (error) {
    throw unusable(setting, file, whatIsWrong(error), error);
  }
}

/** OpenSSL's own words are a code for experts; what to do differs. */
function whatIsWrong(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/mac verify failure|bad decrypt|bad password|interrupted or cancelled|maybe wrong password/i.test(text)) {
    return 'its password is not the one of the agent (Agent.ClientCertPassword)';
  }
  if (/key values mismatch/i.test(text)) return 'the key belongs to another certificate';
  if (/unsupported/i.test(text)) {
    // A wrong password now and then decrypts to something, which is then no key of any kind.
    return 'it is encrypted in a way that OpenSSL 3 no longer reads (export it again, with AES), or its password is not the one of the agent (Agent.ClientCertPassword)';
  }
  return `it cannot be understood, perhaps for a wrong Agent.ClientCertPassword (${text})`;
}

function unusable(setting: string, file: string, why: string, cause?: unknown): DiagnosticError {
  return new DiagnosticError(
    'CON008',
    { message: `${setting} names the file ${file}, which cannot be used: ${why}.` },
    { cause },
  );
}
