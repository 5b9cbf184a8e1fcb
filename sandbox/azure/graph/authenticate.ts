/** Who asks Microsoft Graph, and whether the directory may be read: a role of Entra, which no Azure role replaces. */
import type { TokenAuthority, TokenClaims } from '../../contracts.ts';
import type { SandboxRequest } from '../../kit/http-server.ts';
import { sameText } from '../state/resource-id.ts';
import type { World } from '../state/world.ts';
import { graphErrors } from './refusal.ts';

/** @throws GraphRefusal 401, 403 */
export async function authenticate(
  request: SandboxRequest,
  world: World,
  tokens: TokenAuthority,
): Promise<TokenClaims> {
  const token = /^bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw graphErrors.invalidToken('Access token is empty.');
  const verified = await tokens.verify(token);
  if (!verified.valid) {
    throw graphErrors.invalidToken(
      verified.reason === 'expired'
        ? 'Lifetime validation failed, the token is expired.'
        : 'InvalidAuthenticationToken',
    );
  }
  const { claims } = verified;
  // A token for Graph is for the name by which it was asked, whatever the cloud.
  if (!sameText(claims.audience.replace(/\/$/, ''), `https://${request.host}`)) {
    throw graphErrors.invalidToken('Access token validation failure. Invalid audience.');
  }
  request.identify(claims.objectId);
  const caller = world.principals.find(({ objectId }) => sameText(objectId, claims.objectId));
  if (!caller?.readsDirectory) throw graphErrors.insufficientPrivileges();
  return claims;
}
