/** Who asks: the bearer token, its audience and its tenant. */
import type { SandboxRequest } from '../../kit/http-server.ts';
import type { TokenAuthority } from '../../contracts.ts';
import type { Subscription } from '../state/world.ts';
import type { Caller } from './errors.ts';
import { ArmRefusal } from './refusal.ts';

const audiences = [
  'https://management.core.windows.net/',
  'https://management.core.windows.net',
  'https://management.azure.com/',
  'https://management.azure.com',
];

/** @throws ArmRefusal 401 with a challenge that names the tenant */
export async function authenticate(request: SandboxRequest, tokens: TokenAuthority, tenantId: string): Promise<Caller> {
  const refuse = (code: string, message: string): ArmRefusal =>
    new ArmRefusal(401, code, message, { 'www-authenticate': challenge(tenantId, message) });
  const { authorization } = request.headers;
  if (authorization === undefined) {
    throw refuse('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
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
export function requireTenant(caller: Caller, { tenantId }: Subscription): void {
  if (caller.tenantId === tenantId) return;
  const message = `The access token is from the wrong issuer 'https://sts.windows.net/${caller.tenantId}/'. It must match the tenant 'https://sts.windows.net/${tenantId}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${tenantId}' to get the token.`;
  throw new ArmRefusal(401, 'InvalidAuthenticationTokenTenant', message, {
    'www-authenticate': challenge(tenantId, message),
  });
}

function challenge(tenantId: string, description: string): string {
  return `Bearer authorization_uri="https://login.windows.net/${tenantId}", error="invalid_token", error_description="${description.replaceAll('"', "'")}"`;
}
