/** Who asks a vault: bearer token, audience, issuer. */
import { issuerOf, type SandboxCloud } from '../../clouds.ts';
import type { TokenAuthority, TokenClaims } from '../../contracts.ts';
import type { SandboxRequest } from '../../kit/http-server.ts';
import type { Vault } from '../state/vaults.ts';
import { vaultErrors, type VaultRefusal } from './refusal.ts';

/** @throws VaultRefusal 401 with the challenge that tells tenant and audience */
export async function authenticate(
  request: SandboxRequest,
  vault: Vault,
  { tokens, cloud }: { readonly tokens: TokenAuthority; readonly cloud: SandboxCloud },
): Promise<TokenClaims> {
  const unauthorized = (message: string): VaultRefusal => vaultErrors.unauthorized(vault, cloud, message);
  const token = /^bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) {
    throw unauthorized('AKV10000: Request is missing a Bearer or PoP token.');
  }
  const verified = await tokens.verify(token);
  if (!verified.valid) {
    const reason = {
      malformed: 'AKV10000: Request is missing a Bearer or PoP token.',
      signature: '[BearerReadAccessTokenFailed] Error validating token: IDX10511',
      issuer: 'AKV10032: Invalid issuer.',
      expired: '[BearerReadAccessTokenFailed] Error validating token: IDX10223',
    }[verified.reason];
    throw unauthorized(reason);
  }
  const { claims } = verified;
  if (claims.audience !== cloud.vaultAudience) {
    throw unauthorized(`AKV10022: Invalid audience. Expected ${cloud.vaultAudience}, found: ${claims.audience}.`);
  }
  if (claims.tenantId !== vault.tenantId) {
    const [expected, found] = [vault.tenantId, claims.tenantId].map((tenantId) => issuerOf(cloud, tenantId));
    throw unauthorized(`AKV10032: Invalid issuer. Expected one of ${expected ?? ''}, found ${found ?? ''}.`);
  }
  request.identify(claims.objectId);
  return claims;
}
