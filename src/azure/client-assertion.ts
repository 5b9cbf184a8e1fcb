import type { KeyObject } from 'node:crypto';
import { constants, createHash, createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';

/** Seconds that an assertion of ours is good for; Microsoft Entra accepts at most ten minutes or so. */
const LIFETIME = 600;

export interface ClientAssertion {
  /** PEM of the certificate, its chain and its key, in any order. */
  readonly pem: string;
  readonly clientId: string;
  /** The token endpoint. */
  readonly audience: string;
  readonly now: Date;
  /** Microsoft Entra prefers PS256 with a SHA-256 thumbprint; ADFS knows RS256 with SHA-1 only (as in MSAL). */
  readonly signature: 'PS256' | 'RS256';
}

/**
 * A JWT by which an application proves that it has the key of its certificate. It carries the certificate with its chain
 * (x5c), so that a renewed certificate of a trusted subject name is accepted, too.
 * https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
export function clientAssertion({ pem, clientId, audience, now, signature }: ClientAssertion): string {
  const key = createPrivateKey(pem);
  const chain = chainOf(pem, key);
  const thumbprint = (hash: string): string =>
    createHash(hash)
      .update(chain[0] ?? '')
      .digest('base64url');
  const issued = Math.floor(now.getTime() / 1000);
  const header = {
    alg: signature,
    typ: 'JWT',
    ...(signature === 'PS256' ? { 'x5t#S256': thumbprint('sha256') } : { x5t: thumbprint('sha1') }),
    x5c: chain.map((certificate) => certificate.toString('base64')),
  };
  const claims = {
    aud: audience,
    iss: clientId,
    sub: clientId,
    jti: randomUUID(),
    nbf: issued,
    exp: issued + LIFETIME,
  };
  const content = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const padding =
    signature === 'PS256'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { padding: constants.RSA_PKCS1_PADDING };
  return `${content}.${sign('sha256', Buffer.from(content), { key, ...padding }).toString('base64url')}`;
}

/** DER of all certificates, that of the key first. */
function chainOf(pem: string, key: KeyObject): readonly Buffer[] {
  const certificates = certificatesOf(pem);
  const own = certificates.filter((certificate) => certificate.checkPrivateKey(key));
  return [...own, ...certificates.filter((certificate) => !own.includes(certificate))].map(({ raw }) => raw);
}

/** All certificates of a PEM text, in its order. @throws where one cannot be read */
export function certificatesOf(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}
