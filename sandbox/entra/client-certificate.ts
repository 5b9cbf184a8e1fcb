/** Assertions that a client signs with the key of a certificate of its application. */
import { createHash, createPublicKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import type { Clock } from '../kit/clock.ts';
import type { ApplicationSpec } from '../scenario/types.ts';
import type { ApplicationCertificate } from './application-certificates.ts';
import { checkAssertionTime, isSelfIssued } from './assertion.ts';
import { refusals } from './refusal.ts';

export interface CertificateAssertion {
  readonly assertion: string;
  readonly application: ApplicationSpec;
  /** What is registered with the application. */
  readonly registered: ApplicationCertificate | undefined;
  /** Addresses of this tenant that the assertion may be for, without regard to letter case. */
  readonly audiences: readonly string[];
  readonly now: Clock;
}

/** @throws EntraRefusal 700021, 700023, 700024 or 700027 */
export async function checkCertificateAssertion(asked: CertificateAssertion): Promise<void> {
  const { assertion, application, registered, audiences, now } = asked;
  const claims = decodeJwt(assertion);
  if (!isSelfIssued(assertion, application.clientId)) throw refusals.assertionClient();
  checkAssertionTime(claims, now());
  requireAudience(claims, audiences);
  const header = decodeProtectedHeader(assertion);
  const thumbprint = thumbprintOf(header);
  if (!registered || !thumbprints(registered).includes(thumbprint)) throw refusals.unknownCertificate(thumbprint);
  if (Date.parse(registered.certificate.validTo) < now()) throw refusals.expiredCertificate(thumbprint);
  try {
    const key = createPublicKey(registered.certificate.publicKey.export({ type: 'spki', format: 'pem' }));
    // Times were checked above, with Entra's own refusal and its clock skew.
    await jwtVerify(assertion, key, {
      algorithms: ['RS256', 'PS256'],
      clockTolerance: 300,
      currentDate: new Date(now()),
    });
  } catch {
    throw refusals.certificateSignature(thumbprint);
  }
}

/** Whether a header names a certificate: federated assertions may carry x5t, too, but are never issued by the client itself. */
function thumbprintOf(header: ProtectedHeaderParameters): string {
  const encoded = header['x5t#S256'] ?? header.x5t ?? header.kid;
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64url').toString('hex').toUpperCase() : '';
}

function thumbprints({ certificate }: ApplicationCertificate): readonly string[] {
  return ['sha1', 'sha256'].map((hash) => createHash(hash).update(certificate.raw).digest('hex').toUpperCase());
}

function requireAudience({ aud }: JWTPayload, audiences: readonly string[]): void {
  const found = [aud ?? ''].flat().map((audience) => audience.toLowerCase().replace(/\/$/, ''));
  if (!audiences.some((audience) => found.includes(audience.toLowerCase()))) throw refusals.assertionRealm();
}
