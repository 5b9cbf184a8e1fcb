import type { Connection } from './connection.ts';
import type { EntraContext } from './entra-token.ts';
import { entraCredential } from './entra-token.ts';
import type { KeptTokens } from './kept-tokens.ts';
import { keptTokens } from './kept-tokens.ts';
import type { ManagedIdentityContext } from './managed-identity.ts';
import { managedIdentityCredential } from './managed-identity.ts';
import type { OidcTokenContext } from './oidc-token.ts';
import { requestOidcToken } from './oidc-token.ts';

export type CredentialContext = OidcTokenContext & ManagedIdentityContext & Pick<EntraContext, 'onSent'>;

/** The credential of a service connection for SDK clients. */
export function connectionCredential(connection: Connection, context: CredentialContext): KeptTokens {
  const credential =
    connection.scheme === 'managedIdentity'
      ? managedIdentityCredential(connection.clientId, context)
      : entraCredential(connection, { ...context, assertion: () => requestOidcToken(connection.id, context) });
  return keptTokens(credential, context.patience.clock);
}
