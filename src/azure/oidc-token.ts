import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { Clock } from '../runtime/clock.ts';
import type { JobContext } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import { Secret } from '../runtime/secret.ts';
import { networkFailure } from './network-failure.ts';
import { sendPlain } from './send.ts';
import type { WayOut } from './way-out.ts';

export interface OidcTokenContext {
  readonly out: WayOut;
  readonly job: JobContext;
  readonly clock: Clock;
  readonly mask: Mask;
}

const TRIES = 3;

/** What Azure DevOps answered, whichever way it was asked. */
export interface OidcAnswer {
  readonly status: number;
  readonly token?: unknown;
}

/**
 * Asks Azure DevOps for an assertion that names the service connection. It lives ten minutes, so it is asked for at the
 * moment of every exchange and never kept. @throws DiagnosticError CON003, CON004
 */
export async function requestOidcToken(connectionId: string, context: OidcTokenContext): Promise<Secret> {
  const ask = await wayOf(connectionId, context);
  for (let attempt = 1; ; attempt += 1) {
    const { status, token } = await ask();
    if (status === 200) return readToken(token, context.mask);
    const worthAnotherTry = status >= 500 || status === 429 || status === 408;
    if (!worthAnotherTry || attempt === TRIES) throw refused(`it answered with status ${String(status)}`);
    await context.clock.sleep(1000 * attempt);
  }
}

/** By the address that the agent gives; by Azure DevOps' own client where it gives none, as in classic releases. */
async function wayOf(connectionId: string, { job, out }: OidcTokenContext): Promise<() => Promise<OidcAnswer>> {
  const { accessToken, oidcRequestUri, place } = job;
  if (!accessToken) throw refused('the job has no access token (SYSTEMVSSCONNECTION)');
  if (oidcRequestUri !== undefined) return () => post(oidcRequestUri, connectionId, accessToken, out);
  if (!place) throw refused('the agent names neither an OIDC request address nor the plan and the job');
  const { createOidcToken } = await import('./oidc-task-api.ts');
  return () => createOidcToken(connectionId, { place, accessToken, out });
}

async function post(uri: string, connectionId: string, accessToken: Secret, out: WayOut): Promise<OidcAnswer> {
  const url = new URL(uri);
  url.searchParams.set('api-version', '7.1');
  url.searchParams.set('serviceConnectionId', connectionId);
  const headers = {
    Authorization: `Bearer ${accessToken.reveal()}`,
    'Content-Type': 'application/json',
    // A POST without a body says so, or Azure DevOps answers 411.
    'Content-Length': '0',
    // Without it an expired token is answered by a redirect to a sign-in page instead of a 401.
    'X-TFS-FedAuthRedirect': 'Suppress',
  };
  try {
    const { status, body } = await sendPlain(out, { method: 'POST', url: url.href, headers });
    return { status, token: oidcTokenOf(body) };
  } catch (error) {
    throw networkFailure(error, url.host);
  }
}

/** Undefined for what is not JSON; nobody quotes the body, which may hold part of a token. */
function oidcTokenOf(body: string): unknown {
  try {
    return (JSON.parse(body) as { oidcToken?: unknown } | null)?.oidcToken;
  } catch {
    return undefined;
  }
}

function readToken(token: unknown, mask: Mask): Secret {
  if (typeof token === 'string' && token !== '') return Secret.register(token, mask);
  throw refused('its answer held no oidcToken');
}

function refused(why: string): DiagnosticError {
  return new DiagnosticError('CON003', { message: `Azure DevOps gave no token for the service connection: ${why}.` });
}
