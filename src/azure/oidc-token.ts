import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { jsonFields } from '../runtime/json.ts';
import type { JobContext } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import { Secret } from '../runtime/secret.ts';
import { networkFailure } from './network-failure.ts';
import { askPatiently } from './patience/ask-patiently.ts';
import type { Patience } from './patience/patience.ts';
import { saidEfforts } from './patience/unanswered.ts';
import { withinTime } from './patience/within-time.ts';
import type { PlainAnswer, PlainRequest } from './send.ts';
import { sendPlain } from './send.ts';
import type { WayOut } from './way-out.ts';

export interface OidcTokenContext {
  readonly out: WayOut;
  readonly job: JobContext;
  readonly patience: Patience;
  readonly mask: Mask;
}

/**
 * Asks Azure DevOps for an assertion that names the service connection. It lives ten minutes, so it is asked for at the
 * moment of every exchange and never kept. @throws DiagnosticError CON003, CON004
 */
export async function requestOidcToken(connectionId: string, context: OidcTokenContext): Promise<Secret> {
  const { send, host } = await wayOf(connectionId, context);
  const wrongWith = ({ body }: PlainAnswer): string | undefined =>
    tokenIn(body) === undefined ? 'without an oidcToken' : undefined;
  const { status, body, efforts } = await askPatiently({ send, wrongWith }, context.patience).catch(
    (error: unknown) => {
      throw networkFailure(error, host, 'get an assertion of Azure DevOps for the service connection');
    },
  );
  const token = tokenIn(body);
  if (status < 400 && token !== undefined) return Secret.register(token, context.mask);
  const said = [`status ${String(status)}`, saidEfforts(efforts)].filter((part) => part !== undefined).join(', ');
  throw refused(`it answered with ${said}`);
}

interface Way {
  /** One try. */
  readonly send: () => Promise<PlainAnswer>;
  readonly host: string;
}

/** By the address that the agent gives; by Azure DevOps' own client where it gives none, as in classic releases. */
async function wayOf(connectionId: string, { job, out, patience }: OidcTokenContext): Promise<Way> {
  const { accessToken, oidcRequestUri, place } = job;
  if (!accessToken) throw refused('the job has no access token (SYSTEMVSSCONNECTION)');
  if (oidcRequestUri !== undefined) {
    const request = requestTo(oidcRequestUri, connectionId, accessToken);
    return { send: () => sendPlain(out, request, patience), host: new URL(oidcRequestUri).host };
  }
  if (!place) throw refused('the agent names neither an OIDC request address nor the plan and the job');
  const { createOidcToken } = await import('./oidc-task-api.ts');
  const { clock, limits, stop } = patience;
  const limit = { clock, limit: limits.read, stopped: stop.requested };
  const ask = (): Promise<PlainAnswer> => createOidcToken(connectionId, { place, accessToken, out });
  return { send: () => withinTime(limit, ask), host: new URL(place.collectionUri).host };
}

function requestTo(uri: string, connectionId: string, accessToken: Secret): PlainRequest {
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
  return { method: 'POST', url: url.href, headers };
}

/** Undefined for what is not JSON; nobody quotes the body, which may hold part of a token. */
function tokenIn(body: string): string | undefined {
  const { oidcToken: token } = jsonFields(body);
  return typeof token === 'string' && token !== '' ? token : undefined;
}

function refused(why: string): DiagnosticError {
  return new DiagnosticError('CON003', { message: `Azure DevOps gave no token for the service connection: ${why}.` });
}
