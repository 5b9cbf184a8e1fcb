/** Federated assertions: who is told by another issuer's token, checked against that issuer's published keys. */
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
} from 'jose';
import type { Clock } from '../kit/clock.ts';
import type { ApplicationSpec } from '../scenario/types.ts';
import { refusals } from './refusal.ts';

/** The keys that an issuer publishes, found through its `/.well-known/openid-configuration`; rejects where it is not reachable. */
export type PublishedKeys = (issuer: string) => Promise<JSONWebKeySet>;

/** Entra allows five minutes between its clock and the issuer's. */
const clockSkewSeconds = 300;

export interface FederationKeys {
  readonly publishedKeys: PublishedKeys;
  readonly now: Clock;
  /** Whether the application's federated credentials are known yet. */
  readonly isFederated: (application: ApplicationSpec) => boolean;
}

/** Client certificate assertions are issued by the client itself: issuer and subject are its own id. */
export function isSelfIssued(assertion: string, clientId: string): boolean {
  const { iss, sub } = decode(assertion);
  return iss?.toLowerCase() === clientId.toLowerCase() && sub?.toLowerCase() === clientId.toLowerCase();
}

/** Issuer and subject are one: no federated issuer says that, so it is a client that signed for itself. */
export function namesItself(assertion: string): boolean {
  const { iss, sub } = decode(assertion);
  return iss !== undefined && iss === sub;
}

/** @throws EntraRefusal 50027, 700024, 70025, 700211 to 700213, 90061, 7000272 or 50013 */
export async function checkFederatedAssertion(
  assertion: string,
  application: ApplicationSpec,
  { publishedKeys, now, isFederated }: FederationKeys,
): Promise<void> {
  const claims = decode(assertion);
  checkAssertionTime(claims, now());
  // Credentials that are not known yet match nothing; that Entra says so of the issuer, its first check, is assumed.
  if (!isFederated(application)) throw refusals.assertionIssuer(String(claims.iss));
  checkRecords(claims, application);
  await checkSignature({ assertion, issuer: String(claims.iss), now: now() }, publishedKeys);
}

function decode(assertion: string): JWTPayload {
  try {
    return decodeJwt(assertion);
  } catch {
    throw refusals.malformedAssertion();
  }
}

/** Valid from `nbf`, or from when it was issued. `now` in milliseconds. @throws EntraRefusal 700024 */
export function checkAssertionTime({ iat = 0, nbf = iat, exp = 0 }: JWTPayload, now: number): void {
  const seconds = now / 1000;
  if (seconds < nbf - clockSkewSeconds || seconds > exp + clockSkewSeconds) {
    throw refusals.assertionTime(new Date(now), new Date(nbf * 1000), new Date(exp * 1000));
  }
}

/** All letter for letter: Entra compares case-sensitively since 2024 (AADSTS7002138 in its newest texts). */
function checkRecords({ iss = '', sub = '', aud = '' }: JWTPayload, { federatedCredentials }: ApplicationSpec): void {
  if (federatedCredentials.length === 0) throw refusals.noFederatedCredential();
  const ofIssuer = federatedCredentials.filter(({ issuer }) => issuer === iss);
  if (ofIssuer.length === 0) throw refusals.assertionIssuer(iss);
  const ofSubject = ofIssuer.filter(({ subject }) => subject === sub);
  if (ofSubject.length === 0) throw refusals.assertionSubject(sub);
  const audiences = [aud].flat();
  if (!ofSubject.some(({ audience }) => audiences.includes(audience)))
    throw refusals.assertionAudience(audiences.join(', '));
}

async function checkSignature(
  { assertion, issuer, now }: { readonly assertion: string; readonly issuer: string; readonly now: number },
  publishedKeys: PublishedKeys,
): Promise<void> {
  const keys = await publishedKeys(issuer).catch(() => {
    throw refusals.issuerUnreachable(issuer);
  });
  try {
    // Times were checked above, with Entra's own refusal.
    await jwtVerify(assertion, createLocalJWKSet(keys), {
      clockTolerance: clockSkewSeconds,
      currentDate: new Date(now),
    });
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) {
      throw refusals.keyNotPublished(decodeProtectedHeader(assertion).kid ?? '', issuer);
    }
    throw refusals.assertionSignature();
  }
}
