import type { PipelineRequest } from '@azure/core-rest-pipeline';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import { TunnelRefused } from '../tunnel-refused.ts';

/** What a service or a gateway says that cannot just now. 501 and 505 do not pass. */
export function isPassingStatus(status: number): boolean {
  return [408, 429, 500, 502, 503, 504].includes(status);
}

/** What resource providers say where somebody else changes the same resource at this very moment. */
const BUSY = ['Conflict', 'ConflictError', 'AnotherOperationInProgress', 'OperationInProgress', 'RetryableError'];

/** A 409 that another try may not meet; most others are here to stay (a lock, a name that is taken). */
export function isBusy(status: number, code: string | undefined): boolean {
  return status === 409 && code !== undefined && BUSY.includes(code);
}

/** A certificate that is not trusted, or something that speaks no TLS, will not be better in a moment. */
const LASTING = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** Whether an error of sending may be gone with the next try: whatever the network does, but no refusal and no defect. */
export function isPassing(error: unknown): error is Error {
  if (!(error instanceof Error) || isOurs(error)) return false;
  if (error instanceof TunnelRefused) return isPassingStatus(error.status);
  const { code, statusCode } = error as { readonly code?: unknown; readonly statusCode?: unknown };
  return statusCode === undefined && !(typeof code === 'string' && LASTING.test(code));
}

function isOurs(error: Error): boolean {
  const isDefect = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return isDefect || error instanceof DiagnosticError || error.name === 'AbortError';
}

/** POSTs that only ask: tokens, credentials, queries. */
const QUESTIONS =
  /\/oauth2\/|\/oidctoken\b|\/list\w*Credentials?\b|\/providers\/Microsoft\.ResourceGraph\/resources\b/i;

/** Our PUTs and DELETEs say what should be, so that sending one twice does what sending it once does. */
export function maySendAgain({ method, url }: Pick<PipelineRequest, 'method' | 'url'>): boolean {
  if (method === 'POST') return QUESTIONS.test(url);
  return method !== 'PATCH';
}
