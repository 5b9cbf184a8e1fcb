import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import { assertNever } from '../runtime/assert-never.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Mask } from '../runtime/secret.ts';
import { Secret } from '../runtime/secret.ts';
import { clientAssertion } from './client-assertion.ts';
import type { Connection } from './connection.ts';
import type { PlainAnswer } from './send.ts';
import { sendPlain } from './send.ts';
import { notEntra, tokenRefused, tokenUnreachable } from './token-refused.ts';
import type { WayOut } from './way-out.ts';

export type EntraConnection = Exclude<Connection, { scheme: 'managedIdentity' }>;

export interface EntraContext {
  readonly out: WayOut;
  readonly clock: Clock;
  readonly mask: Mask;
  /** An assertion of Azure DevOps that names the service connection; asked for at every exchange. */
  readonly assertion: () => Promise<Secret>;
  /** Called when the first request for a token is on its way. */
  readonly onSent?: () => void;
}

/** Pauses between tries of what may be better in a moment, in milliseconds, where the answer names none. */
const PAUSES = [500, 2_000];
/** What an answer may ask for at most; longer ones are told at once. */
const LONGEST_PAUSE = 30_000;

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

/** @throws DiagnosticError CON002, CON004, CON005, and what the assertion throws */
async function ask(connection: EntraConnection, scopes: readonly string[], question: Question): Promise<PlainAnswer> {
  const { clock, options } = question;
  // The SDKs' signal is a narrower type of the same thing.
  const signal = options.abortSignal as AbortSignal | undefined;
  for (let attempt = 0; ; attempt += 1) {
    const form = await formOf(connection, scopes, question);
    const answer = await post(connection, form, { ...question, signal }).catch((error: unknown) => {
      if (PAUSES[attempt] === undefined || signal?.aborted === true) throw tokenUnreachable(error, connection);
      return undefined;
    });
    const pause = answer?.retryAfter ?? PAUSES[attempt];
    if (
      answer &&
      (!isTransient(answer.status) || pause === undefined || pause > LONGEST_PAUSE || attempt === PAUSES.length)
    )
      return answer;
    await clock.sleep(pause ?? 0, signal);
  }
}

function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Anew for every try: an assertion is good for one exchange. */
async function formOf(
  connection: EntraConnection,
  scopes: readonly string[],
  { assertion, clock, options }: Question,
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
      const signature = isAdfs(connection) ? 'RS256' : 'PS256';
      const assertion = { pem: certificate.reveal(), clientId, audience, now: clock.date(), signature } as const;
      return asserted(form, clientAssertion(assertion));
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
  { out, signal, onSent }: Question & { readonly signal: AbortSignal | undefined },
): Promise<PlainAnswer> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return sendPlain(out, { method: 'POST', url: tokenUrl(connection), headers, body: form.toString(), signal, onSent });
}

function readToken(answer: PlainAnswer, connection: EntraConnection, { clock, mask }: EntraContext): AccessToken {
  const body = parsed(answer.body);
  const { access_token: token, expires_in: lifetime, refresh_in: refresh } = body;
  if (answer.status === 200 && typeof token === 'string' && token !== '' && Number(lifetime) > 0) {
    Secret.register(token, mask);
    const now = clock.date().getTime();
    const early = Number(refresh) > 0 ? { refreshAfterTimestamp: now + Number(refresh) * 1000 } : {};
    return { token, expiresOnTimestamp: now + Number(lifetime) * 1000, ...early };
  }
  const { error_description: said } = body;
  if (typeof said === 'string' && said !== '') throw tokenRefused(said, connection);
  throw notEntra(answer.status, connection);
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? { ...body } : {};
  } catch {
    return {};
  }
}
