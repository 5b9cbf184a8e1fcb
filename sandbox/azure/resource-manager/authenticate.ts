/** Who asks: the bearer token, its audience and its tenant. */
import { authorityOf, issuerOf, type SandboxCloud } from '../../clouds.ts';
import type { SandboxRequest } from '../../kit/http-server.ts';
import type { TokenAuthority } from '../../contracts.ts';
import type { Subscription } from '../state/world.ts';
import type { Caller } from './errors.ts';
import { ArmRefusal } from './refusal.ts';

/**
 * @param tenantId Of the path's subscription, for the challenge; empty for a path without one
 * @throws ArmRefusal 401
 */
export async function authenticate(
  request: SandboxRequest,
  { tokens, cloud }: { readonly tokens: TokenAuthority; readonly cloud: SandboxCloud },
  tenantId: string,
): Promise<Caller> {
  const refuse = (code: string, message: string, description = message): ArmRefusal =>
    new ArmRefusal(401, code, message, { 'www-authenticate': challenge(cloud, tenantId, description) });
  const { authorization } = request.headers;
  if (authorization === undefined) {
    throw refuse(
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
      "The authentication failed because of missing 'Authorization' header.",
    );
  }
  const token = /^bearer (\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) {
    throw refuse(
      'AuthenticationFailedInvalidHeader',
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    );
  }
  const verified = await tokens.verify(token);
  if (!verified.valid) {
    throw verified.reason === 'expired'
      ? refuse('ExpiredAuthenticationToken', 'The access token expiry UTC time is earlier than current UTC time.')
      : refuse('InvalidAuthenticationToken', 'The access token is invalid.');
  }
  const { claims } = verified;
  // Not one of the more specific codes of newer services: clients look for this one.
  const audiences = cloud.resourceManagerAudiences;
  if (!audiences.includes(claims.audience.toLowerCase())) {
    throw refuse(
      'InvalidAuthenticationToken',
      `The access token has been obtained for wrong audience or resource '${claims.audience}'. It should exactly match with one of the allowed audiences '${audiences.join("','")}'.`,
    );
  }
  request.identify(claims.objectId);
  return claims;
}

/** A subscription accepts only tokens of its own tenant. @throws ArmRefusal 401 */
export function requireTenant(caller: Caller, { tenantId }: Subscription, cloud: SandboxCloud): void {
  if (caller.tenantId === tenantId) return;
  const message = `The access token is from the wrong issuer '${issuerOf(cloud, caller.tenantId)}'. It must match the tenant '${issuerOf(cloud, tenantId)}' associated with this subscription. Please use the authority (URL) '${authorityIn(cloud, tenantId)}' to get the token.`;
  throw new ArmRefusal(401, 'InvalidAuthenticationTokenTenant', message, {
    'www-authenticate': challenge(cloud, tenantId, wrongIssuer),
  });
}

/** The header says less than the body. Source: public issue threads with both. */
const wrongIssuer =
  'The access token is from the wrong issuer. It must match the tenant associated with this subscription. Please use correct authority to get the token.';

/** Resource Manager still says the older name of the public one. */
function authorityIn(cloud: SandboxCloud, tenantId: string): string {
  return `${authorityOf(cloud).replace('login.microsoftonline.com', 'login.windows.net')}/${tenantId}`;
}

function challenge(cloud: SandboxCloud, tenantId: string, description: string): string {
  return `Bearer authorization_uri="${authorityIn(cloud, tenantId)}", error="invalid_token", error_description="${description.replaceAll('"', "'")}"`;
}
