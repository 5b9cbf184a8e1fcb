import type { SecureContextOptions } from 'node:tls';
import type { ClientCertificate } from './ports.ts';

/** A client certificate as `node:tls` takes it; the revealed key goes to OpenSSL and nowhere else. */
export function secureContextOptions(
  certificate: ClientCertificate | undefined,
): Pick<SecureContextOptions, 'cert' | 'key' | 'pfx' | 'passphrase'> {
  if (certificate === undefined) return {};
  const passphrase = certificate.passphrase === undefined ? {} : { passphrase: certificate.passphrase.reveal() };
  return certificate.form === 'pem'
    ? { cert: certificate.certificate, key: certificate.key.reveal(), ...passphrase }
    : { pfx: certificate.archive, ...passphrase };
}
