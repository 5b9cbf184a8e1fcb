import type { DiagnosticCode } from '../diagnostics/catalogue.ts';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { listOf } from '../runtime/text.ts';
import type { ArmErrorBody } from './answers/arm-error-body.ts';
import { armErrorBody } from './answers/arm-error-body.ts';
import { ERROR_BODY } from './http-client.ts';
import { networkFailure } from './network-failure.ts';
import { isBusy, isPassingStatus } from './patience/passing.ts';
import { EFFORTS } from './patience/repeated.ts';
import { rolesThatAllow } from './roles.ts';
import { specialRefusal } from './special-refusals.ts';

/** What ARM says when it refuses, in whichever shape an SDK generation throws it. */
export interface ArmRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly correlationId?: string;
  /** `5 tries within 12 s`, where it was more than one. */
  readonly efforts?: string;
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
  const { statusCode, response, ...said } = error as SdkError;
  if (typeof statusCode !== 'number') return undefined;
  const headers = {
    correlationId: response?.headers?.get('x-ms-correlation-request-id'),
    efforts: response?.headers?.get(EFFORTS),
  };
  const known = Object.entries(headers).filter(([, value]) => value !== undefined);
  const words = armErrorBody(errorBody(response)) ?? wordsOfSdk(said, error.message, statusCode);
  return { status: statusCode, ...words, ...Object.fromEntries(known) };
}

/** An answer without a code is a gateway's page, which nobody wants to read in a log. */
function wordsOfSdk({ code }: SdkError, message: string, status: number): ArmErrorBody {
  return { code: typeof code === 'string' ? code : '', message: isPassingStatus(status) ? '' : message };
}

function errorBody(response: SdkError['response']): string {
  return response?.bodyAsText ?? decodeURIComponent(response?.headers?.get(ERROR_BODY) ?? '');
}

/**
 * Any failure of a request to ARM as a diagnostic. `doing` continues "Cannot ...": `read the cluster aks-1`.
 * Codes: AZR001 for missing rights, AZR002 for what does not exist, AZR004 to AZR006 for locks, linked rights and deny
 * assignments, AZR008 for what is no answer of Azure, AZR009 for what may pass and did not, AZR010 for a token that is
 * not accepted, AZR003 for the rest.
 */
export function armFailure(error: unknown, doing: string, host: string): DiagnosticError {
  if (error instanceof DiagnosticError) return ofStep(error, doing);
  const refusal = armRefusal(error);
  if (refusal) return refused(refusal, { doing, host, cause: error });
  return error instanceof Error && isDefect(error) ? rethrow(error) : networkFailure(error, host, doing);
}

/** What holds back all requests alike does not know which one it was. */
function ofStep(error: DiagnosticError, doing: string): DiagnosticError {
  const { diagnostic } = error;
  if (diagnostic.code !== 'AZR007' || diagnostic.message.startsWith('Cannot ')) return error;
  return DiagnosticError.of({ ...diagnostic, message: `Cannot ${doing}: ${diagnostic.message}` }, { cause: error });
}

interface Failed {
  readonly doing: string;
  readonly host: string;
  readonly cause: unknown;
}

function refused(refusal: ArmRefusal, { doing, host, cause }: Failed): DiagnosticError {
  const detail = detailOf(refusal);
  const special = specialRefusal({ ...refusal, detail }, doing, cause);
  if (special) return special;
  if (refusal.status === 403) return lacksPermission(refusal, doing, cause);
  const said = [`status ${String(refusal.status)}`, refusal.efforts].filter((part) => part !== undefined).join(', ');
  const who = isPassingStatus(refusal.status) || refusal.status === 401 ? `${host} answers ` : '';
  const message = `Cannot ${doing}: ${who}${refusal.code}${refusal.code === '' ? '' : ' '}(${said}).`;
  return new DiagnosticError(codeOf(refusal), { message, ...(detail === '' ? {} : { detail }) }, { cause });
}

function codeOf({ status, code }: ArmRefusal): DiagnosticCode {
  if (isPassingStatus(status) || isBusy(status, code)) return 'AZR009';
  if (status === 401) return 'AZR010';
  return status === 404 ? 'AZR002' : 'AZR003';
}

function isDefect(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}

function rethrow(error: Error): never {
  throw error;
}

function detailOf({ message, correlationId }: ArmRefusal): string {
  const said = message.length > 600 ? `${message.slice(0, 600)}...` : message;
  const id = correlationId === undefined ? '' : `(correlation id ${correlationId})`;
  return [said, id].filter((part) => part !== '').join(' ');
}

/** Nothing tells a role that is late from one that is missing, and most are missing: waiting for them would help few. */
const LATE = 'One that was granted less than ten minutes ago may not count yet: run the step again then.';

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
      : {
          fix: `Give the service connection the role ${listOf(roles, 'or')}${at}, or a custom role with ${action}. ${LATE}`,
        };
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
