import type { KeyObject } from 'node:crypto';
import { createPrivateKey, X509Certificate } from 'node:crypto';

/**
 * What is wrong with the PEM of a certificate and its key; undefined where it can be used. Found before the first
 * request, because the identity library reports all of it as a failed token request.
 */
export function certificateProblem(pem: string): string | undefined {
  const certificate = attempt(() => new X509Certificate(pem));
  if (!certificate) return 'holds no certificate in PEM form';
  const key: KeyObject | undefined = attempt(() => createPrivateKey(pem));
  if (!key) return 'holds no private key in PEM form beside the certificate (a key with a passphrase cannot be used)';
  if (key.asymmetricKeyType !== 'rsa') return 'holds a key that is not RSA, which Microsoft Entra does not accept';
  return certificate.checkPrivateKey(key) ? undefined : 'holds a private key that belongs to another certificate';
}

function attempt<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
