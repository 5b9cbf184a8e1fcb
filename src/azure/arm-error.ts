import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { listOf } from '../runtime/text.ts';
import { ERROR_BODY } from './http-client.ts';
import { networkFailure } from './network-failure.ts';
import { rolesThatAllow } from './roles.ts';
import { specialRefusal } from './special-refusals.ts';

/** What ARM says when it refuses, in whichever shape an SDK generation throws it. */
export interface ArmRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly correlationId?: string;
}

interface SdkError {
  readonly statusCode?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
  readonly response?: {
    readonly headers?: { get(name: string): string | undefined };
    readonly bodyAsText?: string | null;
  };
}

/** Undefined where no answer of ARM is behind the error (network, token, defect). */
export function armRefusal(error: unknown): ArmRefusal | undefined {
  if (!(error instanceof Error)) return undefined;
  const { statusCode, code, message, response } = error as SdkError;
  if (typeof statusCode !== 'number') return undefined;
  const body = bodyError(errorBody(response));
  const correlationId = response?.headers?.get('x-ms-correlation-request-id');
  return {
    status: statusCode,
    code: body.code ?? (typeof code === 'string' ? code : ''),
    message: body.message ?? String(message),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

function errorBody(response: SdkError['response']): string {
  return response?.bodyAsText ?? decodeURIComponent(response?.headers?.get(ERROR_BODY) ?? '');
}

interface BodyError {
  readonly code?: string;
  readonly message?: string;
}

function bodyError(text: string): BodyError {
  try {
    const body = JSON.parse(text) as ({ error?: BodyError } & BodyError) | null;
    // Azure Kubernetes Service leaves the frame out.
    return body?.error ?? body ?? {};
  } catch {
    return {};
  }
}

/**
 * Any failure of a request to ARM as a diagnostic. `doing` continues "Cannot ...": `read the cluster aks-1`.
 * Codes: AZR001 for missing rights, AZR002 for what does not exist, AZR004 to AZR006 for locks, linked rights and deny
 * assignments, AZR003 for the rest.
 */
export function armFailure(error: unknown, doing: string, host: string): DiagnosticError {
  if (error instanceof DiagnosticError) return error;
  const refusal = armRefusal(error);
  if (!refusal) return error instanceof Error && isDefect(error) ? rethrow(error) : networkFailure(error, host);
  const text = {
    message: `Cannot ${doing}: ${refusal.code} (status ${String(refusal.status)}).`,
    detail: detailOf(refusal),
  };
  const special = specialRefusal({ ...refusal, detail: text.detail }, doing, error);
  if (special) return special;
  if (refusal.status === 403) return lacksPermission(refusal, doing, error);
  if (refusal.status === 404) return new DiagnosticError('AZR002', text, { cause: error });
  return new DiagnosticError('AZR003', text, { cause: error });
}

function isDefect(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}

function rethrow(error: Error): never {
  throw error;
}

function detailOf({ message, correlationId }: ArmRefusal): string {
  const said = message.length > 600 ? `${message.slice(0, 600)}...` : message;
  return correlationId === undefined ? said : `${said} (correlation id ${correlationId})`;
}

/** Names the missing action, the scope and the built-in roles that carry the action. */
function lacksPermission(refusal: ArmRefusal, doing: string, cause: unknown): DiagnosticError {
  const action =
    /perform action '([^']+)'/.exec(refusal.message)?.[1] ??
    /permission to perform action '([^']+)'/.exec(refusal.message)?.[1];
  const scope = scopeOf(refusal);
  const detail = detailOf(refusal);
  if (action === undefined)
    return new DiagnosticError('AZR001', { message: `Cannot ${doing}: ${refusal.code}.`, detail }, { cause });
  const at = scope === undefined ? '' : ` at ${scope}`;
  const roles = rolesThatAllow(action);
  const fix =
    roles.length === 0
      ? {}
      : { fix: `Give the service connection the role ${listOf(roles, 'or')}${at}, or a custom role with ${action}.` };
  return new DiagnosticError(
    'AZR001',
    { message: `Cannot ${doing}: the service connection lacks ${action}${at}.`, ...fix, detail },
    { cause },
  );
}

/** A refused list names its provider; roles are given at what is above it. */
function scopeOf({ message }: ArmRefusal): string | undefined {
  const named = /over scope '([^']+)'/.exec(message)?.[1] ?? /linked scope\(s\) '([^']+)'/.exec(message)?.[1];
  return named?.replace(/\/providers\/[^/]+$/i, '');
}
