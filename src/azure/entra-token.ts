import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import { assertNever } from '../runtime/assert-never.ts';
import { jsonFields } from '../runtime/json.ts';
import type { Mask } from '../runtime/secret.ts';
import { Secret } from '../runtime/secret.ts';
import { clientAssertion } from './client-assertion.ts';
import type { Connection } from './connection.ts';
import type { PatientAnswer } from './patience/ask-patiently.ts';
import { askPatiently } from './patience/ask-patiently.ts';
import type { Patience } from './patience/patience.ts';
import type { PlainAnswer } from './send.ts';
import { sendPlain } from './send.ts';
import { notEntra, tokenRefused, tokenUnreachable } from './token-refused.ts';
import type { WayOut } from './way-out.ts';

export type EntraConnection = Exclude<Connection, { scheme: 'managedIdentity' }>;

export interface EntraContext {
  readonly out: WayOut;
  readonly patience: Patience;
  readonly mask: Mask;
  /** An assertion of Azure DevOps that names the service connection; asked for at every exchange. */
  readonly assertion: () => Promise<Secret>;
  /** Called when the first request for a token is on its way. */
  readonly onSent?: () => void;
}

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Tokens for the application of a service connection by the client credentials grant. One request and no library: the
 * identity library costs as much time at the start as the request itself (docs/adr/0006).
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function entraCredential(connection: EntraConnection, context: EntraContext): TokenCredential {
  return {
    async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
      const answer = await ask(connection, [scopes].flat(), { ...context, options });
      return readToken(answer, connection, context);
    },
  };
}

type Question = EntraContext & { readonly options: GetTokenOptions };

/** @throws DiagnosticError CON004, AZR008, RUN002, and what the assertion throws */
async function ask(connection: EntraConnection, scopes: readonly string[], question: Question): Promise<PatientAnswer> {
  const send = async (): Promise<PlainAnswer> => post(connection, await formOf(connection, scopes, question), question);
  const wrongWith = ({ body }: PlainAnswer): string | undefined =>
    tokenIn(body) ? undefined : 'that holds no token and no refusal of Microsoft Entra';
  try {
    return await askPatiently({ send, wrongWith }, question.patience);
  } catch (error) {
    throw tokenUnreachable(error, connection);
  }
}

/** Anew for every try: an assertion is good for one exchange. */
async function formOf(
  connection: EntraConnection,
  scopes: readonly string[],
  { assertion, patience, options }: Question,
): Promise<URLSearchParams> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: connection.clientId,
    ...wantedBy(connection, scopes),
    ...(options.claims === undefined ? {} : { claims: options.claims }),
  });
  switch (connection.scheme) {
    case 'secret':
      form.set('client_secret', connection.secret.reveal());
      return form;
    case 'certificate': {
      const { clientId, certificate } = connection;
      const audience = tokenUrl(connection);
      const now = patience.clock.date();
      const signature = isAdfs(connection) ? 'RS256' : 'PS256';
      return asserted(form, clientAssertion({ pem: certificate.reveal(), clientId, audience, now, signature }));
    }
    case 'federation':
      return asserted(form, (await assertion()).reveal());
    default:
      return assertNever(connection);
  }
}

function asserted(form: URLSearchParams, assertion: string): URLSearchParams {
  form.set('client_assertion_type', JWT_BEARER);
  form.set('client_assertion', assertion);
  return form;
}

function isAdfs({ cloud }: EntraConnection): boolean {
  return cloud.identityProvider === 'adfs';
}

/**
 * ADFS of an Azure Stack Hub speaks the first version of the grant and has one directory: no tenant in the address, and
 * the resource itself in place of a scope.
 * https://learn.microsoft.com/azure-stack/user/azure-stack-rest-api-use
 */
function tokenUrl(connection: EntraConnection): string {
  const { cloud, tenantId } = connection;
  return isAdfs(connection) ? `${cloud.authority}/oauth2/token` : `${cloud.authority}/${tenantId}/oauth2/v2.0/token`;
}

function wantedBy(connection: EntraConnection, scopes: readonly string[]): Record<string, string> {
  if (!isAdfs(connection)) return { scope: scopes.join(' ') };
  return { resource: (scopes[0] ?? '').replace(/\/\.default$/, '') };
}

function post(
  connection: EntraConnection,
  form: URLSearchParams,
  { out, options, onSent, patience }: Question,
): Promise<PlainAnswer> {
  // The SDKs' signal is a narrower type of the same thing.
  const signal = options.abortSignal as AbortSignal | undefined;
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const request = {
    method: 'POST',
    url: tokenUrl(connection),
    headers,
    body: form.toString(),
    signal,
    onSent,
  } as const;
  return sendPlain(out, request, patience);
}

function readToken(
  { status, body, efforts }: PatientAnswer,
  connection: EntraConnection,
  { patience, mask }: EntraContext,
): AccessToken {
  const found = tokenIn(body);
  if (status < 400 && found) {
    Secret.register(found.token, mask);
    const now = patience.clock.date().getTime();
    const early = found.refresh > 0 ? { refreshAfterTimestamp: now + found.refresh * 1000 } : {};
    return { token: found.token, expiresOnTimestamp: now + found.lifetime * 1000, ...early };
  }
  const { error_description: said } = jsonFields(body);
  if (typeof said === 'string' && said !== '') throw tokenRefused(said, connection);
  throw notEntra(status, connection, efforts);
}

/** Times in seconds. */
function tokenIn(
  text: string,
): { readonly token: string; readonly lifetime: number; readonly refresh: number } | undefined {
  const { access_token: token, expires_in: lifetime, refresh_in: refresh } = jsonFields(text);
  if (typeof token !== 'string' || !isHeaderText(token) || !(Number(lifetime) > 0)) return undefined;
  return { token, lifetime: Number(lifetime), refresh: Number(refresh ?? 0) };
}

/** It goes into a header, where a line break or a letter beyond Latin would be an error that names nothing. */
function isHeaderText(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token);
}
