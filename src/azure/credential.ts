import type { HttpClient } from '@azure/core-rest-pipeline';
import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { assertNever } from '../runtime/assert-never.ts';
import type { Connection } from './connection.ts';
import { keptTokens } from './kept-tokens.ts';
import type { ManagedIdentityContext } from './managed-identity.ts';
import { managedIdentityCredential } from './managed-identity.ts';
import type { OidcTokenContext } from './oidc-token.ts';
import { requestOidcToken } from './oidc-token.ts';
import { tokenRefused } from './token-refused.ts';
import { Secret } from '../runtime/secret.ts';

export type CredentialContext = OidcTokenContext & ManagedIdentityContext;

/** The credential of a service connection for SDK clients. Loads the identity library at the first token. */
export function connectionCredential(connection: Connection, context: CredentialContext): TokenCredential {
  if (connection.scheme === 'managedIdentity') {
    return keptTokens(managedIdentityCredential(connection.clientId, context), context.clock);
  }
  return keptTokens(entraCredential(connection, context), context.clock);
}

type EntraConnection = Exclude<Connection, { scheme: 'managedIdentity' }>;

function entraCredential(connection: EntraConnection, context: OidcTokenContext): TokenCredential {
  let inner: Promise<TokenCredential> | undefined;
  // The identity library keeps the text of what an assertion callback throws, and of a failed connection not even that.
  let failure: unknown;
  const http: HttpClient = {
    sendRequest: async (request) => {
      try {
        const response = await context.http.sendRequest(request);
        failure = undefined;
        return response;
      } catch (error) {
        failure = error;
        throw error;
      }
    },
  };
  // The library asks twice for one exchange; each exchange gets one of its own, because an assertion lives ten minutes.
  let current: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    try {
      return (await requestOidcToken(connection.id, context)).reveal();
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  const assertion = (): Promise<string> => (current ??= ask());
  return {
    async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null> {
      current = undefined;
      inner ??= identityCredential(connection, http, assertion);
      try {
        const token = await (await inner).getToken(scopes, options);
        if (token) Secret.register(token.token, context.mask);
        return token;
      } catch (error) {
        throw tokenRefused(failure ?? error, connection);
      }
    },
  };
}

async function identityCredential(
  connection: EntraConnection,
  http: HttpClient,
  assertion: () => Promise<string>,
): Promise<TokenCredential> {
  const { ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential } =
    await import('@azure/identity');
  const { tenantId, clientId } = connection;
  const options = identityOptions(connection, http);
  switch (connection.scheme) {
    case 'secret':
      return new ClientSecretCredential(tenantId, clientId, connection.secret.reveal(), options);
    case 'certificate': {
      const certificate = { certificate: connection.certificate.reveal() };
      // With the chain (x5c) Entra also accepts a renewed certificate of a trusted subject name.
      return new ClientCertificateCredential(tenantId, clientId, certificate, {
        ...options,
        sendCertificateChain: true,
      });
    }
    case 'federation':
      return new ClientAssertionCredential(tenantId, clientId, assertion, options);
    default:
      return assertNever(connection);
  }
}

function identityOptions(
  connection: Connection,
  httpClient: HttpClient,
): { authorityHost: string; disableInstanceDiscovery: true; httpClient: HttpClient } {
  // The authority comes from the service connection, so asking a public server whether it is known adds a trip and fails in closed networks.
  return { authorityHost: connection.cloud.authority, disableInstanceDiscovery: true, httpClient };
}
