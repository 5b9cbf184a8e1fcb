/** Who asks a vault: bearer token, audience, issuer. */
import type { TokenAuthority, TokenClaims } from '../../contracts.ts';
import type { SandboxRequest } from '../../kit/http-server.ts';
import type { Vault } from '../state/vaults.ts';
import { vaultErrors } from './refusal.ts';

/** Exactly this: the same with a trailing slash is refused by the service, too. */
export const vaultAudience = 'https://vault.azure.net';

/** @throws VaultRefusal 401 with the challenge that tells tenant and audience */
export async function authenticate(
  request: SandboxRequest,
  vault: Vault,
  tokens: TokenAuthority,
): Promise<TokenClaims> {
  const token = /^bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) {
    throw vaultErrors.unauthorized(vault, 'AKV10000: Request is missing a Bearer or PoP token.');
  }
  const verified = await tokens.verify(token);
  if (!verified.valid) {
    const reason = {
      malformed: 'AKV10000: Request is missing a Bearer or PoP token.',
      signature: '[BearerReadAccessTokenFailed] Error validating token: IDX10511',
      issuer: 'AKV10032: Invalid issuer.',
      expired: '[BearerReadAccessTokenFailed] Error validating token: IDX10223',
    }[verified.reason];
    throw vaultErrors.unauthorized(vault, reason);
  }
  const { claims } = verified;
  if (claims.audience !== vaultAudience) {
    throw vaultErrors.unauthorized(
      vault,
      `AKV10022: Invalid audience. Expected ${vaultAudience}, found: ${claims.audience}.`,
    );
  }
  if (claims.tenantId !== vault.tenantId) {
    throw vaultErrors.unauthorized(
      vault,
      `AKV10032: Invalid issuer. Expected one of https://sts.windows.net/${vault.tenantId}/, found https://sts.windows.net/${claims.tenantId}/.`,
    );
  }
  request.identify(claims.objectId);
  return claims;
}
