/** Entra's access tokens: RS256, version 1.0 claims as Azure Resource Manager and Key Vault get them. */
import { randomUUID } from 'node:crypto';
import { decodeJwt, errors, jwtVerify, SignJWT, type JSONWebKeySet, type JWTPayload } from 'jose';
import { cloudOf, issuerOf, type SandboxCloud } from '../clouds.ts';
import type { TokenAuthority, TokenClaims } from '../contracts.ts';
import { systemClock, type Clock } from '../kit/clock.ts';
import { createSigningKey } from '../kit/signing-key.ts';

/** Entra's usual lifetime of an application's token, in seconds. */
export const accessTokenLifetime = 3599;

export interface EntraTokenAuthority extends TokenAuthority {
  /** The published keys, as `/discovery/v2.0/keys` shows them. */
  readonly keys: JSONWebKeySet;
}

/** Verifies tokens of these tenants only. */
export async function createTokenAuthority(
  tenantIds: readonly string[],
  cloud: SandboxCloud = cloudOf('AzureCloud'),
  clock: Clock = systemClock,
): Promise<EntraTokenAuthority> {
  const key = await createSigningKey();
  const issuers = tenantIds.map((tenantId) => issuerOf(cloud, tenantId));
  return {
    keys: key.published,
    issue: (claims, lifetimeSeconds = accessTokenLifetime) => {
      const now = Math.floor(clock() / 1000);
      return new SignJWT(payloadOf(claims, issuerOf(cloud, claims.tenantId)))
        .setProtectedHeader({ typ: 'JWT', alg: 'RS256', x5t: key.id, kid: key.id })
        .setIssuer(issuerOf(cloud, claims.tenantId))
        .setAudience(claims.audience)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + lifetimeSeconds)
        .sign(key.privateKey);
    },
    verify: async (token) => {
      try {
        const currentDate = new Date(clock());
        const { payload } = await jwtVerify(token, key.publicKey, {
          algorithms: ['RS256'],
          issuer: issuers,
          currentDate,
        });
        return { valid: true, claims: claimsOf(payload) };
      } catch (error) {
        return { valid: false, reason: reasonOf(error, token) };
      }
    },
  };
}

function payloadOf(claims: TokenClaims, issuer: string): JWTPayload {
  return {
    aio: randomUUID().replaceAll('-', ''),
    appid: claims.clientId,
    appidacr: '1',
    idp: issuer,
    idtyp: 'app',
    oid: claims.objectId,
    sub: claims.objectId,
    tid: claims.tenantId,
    uti: randomUUID().replaceAll('-', '').slice(0, 22),
    ver: '1.0',
  };
}

function claimsOf(payload: JWTPayload): TokenClaims {
  return {
    tenantId: String(payload['tid']),
    audience: String(payload.aud),
    objectId: String(payload['oid']),
    clientId: String(payload['appid']),
    issuer: String(payload.iss),
  };
}

function reasonOf(error: unknown, token: string): 'malformed' | 'signature' | 'issuer' | 'expired' {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'iss' ? 'issuer' : 'expired';
  try {
    decodeJwt(token);
  } catch {
    return 'malformed';
  }
  return 'signature';
}
