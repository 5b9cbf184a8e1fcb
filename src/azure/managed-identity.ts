import http from 'node:http';
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { jsonFields } from '../runtime/json.ts';
import type { Mask } from '../runtime/secret.ts';
import { Secret } from '../runtime/secret.ts';
import type { PlainAnswer, TryLimits } from './send.ts';
import { exchange } from './send.ts';

export interface ManagedIdentityContext {
  readonly patience: TryLimits;
  readonly mask: Mask;
  /** Base address of the instance metadata service where it is not the usual one. */
  readonly metadataHost: string | undefined;
}

/** The instance metadata service of every Azure cloud; it is reached from the machine itself only. */
const METADATA_HOST = 'http://169.254.169.254';
/** Pauses before the next try: tries after 0, 2, 6, 14 and 30 seconds, as the service's documentation asks. */
const PAUSES = [2_000, 4_000, 8_000, 16_000];
/** While the service is being updated it answers 404 or 410, for up to 70 seconds. */
const UPDATE_PAUSE = 40_000;

/**
 * Tokens of the managed identity of the agent's machine. Not the identity library's own credential: that one takes the
 * proxy of the environment, and its pauses cannot be tested.
 */
export function managedIdentityCredential(
  clientId: string | undefined,
  context: ManagedIdentityContext,
): TokenCredential {
  // An agent of its own: whatever the environment says of proxies does not count for it.
  const agent = new http.Agent();
  return {
    async getToken(scopes, options = {}) {
      const resource = String([scopes].flat()[0]).replace(/\/\.default$/, '');
      const url = tokenUrl(context.metadataHost ?? METADATA_HOST, resource, clientId);
      // The SDKs' signal is a narrower type of the same thing.
      const signal = options.abortSignal as AbortSignal | undefined;
      const request = {
        method: 'GET',
        url,
        headers: { Metadata: 'true' },
        timeout: context.patience.limits.metadata,
        signal,
      } as const;
      const answer = await sendPatiently(() => exchange(request, { agent }, context.patience), context.patience);
      return readToken(answer, context);
    },
  };
}

function tokenUrl(host: string, resource: string, clientId: string | undefined): string {
  const url = new URL('/metadata/identity/oauth2/token', host);
  url.searchParams.set('api-version', '2018-02-01');
  url.searchParams.set('resource', resource);
  if (clientId !== undefined) url.searchParams.set('client_id', clientId);
  return url.href;
}

async function sendPatiently(send: () => Promise<PlainAnswer>, { clock, stop }: TryLimits): Promise<PlainAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await send().catch((error: unknown) => {
      if (stop.requested.aborted) throw stopped(error);
      // A machine without the service does not get one by waiting, so there is one more try only.
      if (attempt > 0) throw unreachable(error);
      return undefined;
    });
    const pause = answer ? pauseAfter(answer.status, attempt) : PAUSES[attempt];
    if (answer && pause === undefined) return answer;
    await clock.sleep(pause ?? 0, stop.requested);
  }
}

function pauseAfter(status: number, attempt: number): number | undefined {
  const updating = status === 404 || status === 410;
  if (!updating && status !== 408 && status !== 429 && status < 500) return undefined;
  return PAUSES[attempt] ?? (updating && attempt === PAUSES.length ? UPDATE_PAUSE : undefined);
}

function stopped(cause: unknown): DiagnosticError {
  const message =
    'The run was stopped while it was to ask the instance metadata service of the machine that the agent runs on for a token.';
  return new DiagnosticError('RUN002', { message }, { cause });
}

function unreachable(error: unknown): DiagnosticError {
  const detail = error instanceof Error ? error.message : String(error);
  const message = 'The instance metadata service of the machine that the agent runs on does not answer.';
  return new DiagnosticError('CON006', { message, detail }, { cause: error });
}

/** Everything in the answer is text, numbers too. */
function readToken({ status, body: text }: PlainAnswer, { mask }: ManagedIdentityContext): AccessToken {
  const body = jsonFields(text);
  const { access_token: token, expires_on: expires } = body;
  if (status === 200 && typeof token === 'string' && token !== '' && Number(expires) > 0) {
    Secret.register(token, mask);
    return { token, expiresOnTimestamp: Number(expires) * 1000 };
  }
  throw refused(status, body);
}

function refused(status: number, body: Readonly<Record<string, unknown>>): DiagnosticError {
  const said = typeof body['error_description'] === 'string' ? body['error_description'].slice(0, 400) : '';
  const message = `The instance metadata service gave no token for the managed identity (status ${String(status)}).`;
  const fix = /multiple user assigned/i.test(said)
    ? { fix: 'Put the client id of the identity that is meant into the service connection.' }
    : {};
  return new DiagnosticError('CON006', { message, ...fix, ...(said === '' ? {} : { detail: said }) });
}
