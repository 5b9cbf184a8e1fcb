import type { HttpClient, PipelineResponse } from '@azure/core-rest-pipeline';
import { createPipelineRequest } from '@azure/core-rest-pipeline';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { Clock } from '../runtime/clock.ts';
import type { JobContext } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import { Secret } from '../runtime/secret.ts';
import { networkFailure } from './network-failure.ts';

export interface OidcTokenContext {
  readonly http: HttpClient;
  readonly job: JobContext;
  readonly clock: Clock;
  readonly mask: Mask;
}

const TRIES = 3;

/**
 * Asks Azure DevOps for an assertion that names the service connection. It lives ten minutes, so it is asked for at the
 * moment of every exchange and never kept. @throws DiagnosticError CON003
 */
export async function requestOidcToken(connectionId: string, context: OidcTokenContext): Promise<Secret> {
  const { job, clock } = context;
  if (job.oidcRequestUri === undefined) {
    throw new DiagnosticError('CON003', {
      message:
        'The service connection uses workload identity federation, but the agent offers no OIDC request address here.',
      cause: 'Classic releases do not set System.OidcRequestUri; the task does not support federation there yet.',
      fix: 'Use a service connection with a secret in this release, or run the task from a YAML pipeline.',
    });
  }
  if (!job.accessToken) throw refused('the job has no access token (SYSTEMVSSCONNECTION)');
  for (let attempt = 1; ; attempt += 1) {
    const { status, bodyAsText } = await post(job.oidcRequestUri, connectionId, job.accessToken, context);
    if (status === 200) return readToken(bodyAsText ?? '', context.mask);
    const worthAnotherTry = status >= 500 || status === 429 || status === 408;
    if (!worthAnotherTry || attempt === TRIES) throw refused(`it answered with status ${String(status)}`);
    await clock.sleep(1000 * attempt);
  }
}

async function post(
  uri: string,
  connectionId: string,
  accessToken: Secret,
  { http }: OidcTokenContext,
): Promise<PipelineResponse> {
  const url = new URL(uri);
  url.searchParams.set('api-version', '7.1');
  url.searchParams.set('serviceConnectionId', connectionId);
  const request = createPipelineRequest({ url: url.href, method: 'POST', body: '' });
  request.headers.set('Authorization', `Bearer ${accessToken.reveal()}`);
  request.headers.set('Content-Type', 'application/json');
  // Without it an expired token is answered by a redirect to a sign-in page instead of a 401.
  request.headers.set('X-TFS-FedAuthRedirect', 'Suppress');
  try {
    return await http.sendRequest(request);
  } catch (error) {
    throw networkFailure(error, url.host);
  }
}

function readToken(body: string, mask: Mask): Secret {
  try {
    const { oidcToken } = JSON.parse(body) as { oidcToken?: unknown };
    if (typeof oidcToken === 'string' && oidcToken !== '') return Secret.register(oidcToken, mask);
  } catch {
    // Not JSON: said below, without the body, which may hold part of a token.
  }
  throw refused('its answer held no oidcToken');
}

function refused(why: string): DiagnosticError {
  return new DiagnosticError('CON003', { message: `Azure DevOps gave no token for the service connection: ${why}.` });
}
