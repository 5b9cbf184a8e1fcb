/** One request with its answer against the operation that it is. */
import type { ErrorObject } from 'ajv';
import { extraBodies, flatRefusals } from './deviations.ts';
import type { Located, SwaggerSchema } from './document.ts';
import { findOperation, type Service, type SpecifiedOperation } from './operations.ts';
import { validatorOf, type Reading } from './schemas.ts';
import { unspecified } from './unspecified.ts';

export interface Exchange {
  readonly service: Service;
  readonly method: string;
  readonly path: string;
  /** api-version */
  readonly version: string;
  /** JSON; empty for none. */
  readonly request: string;
  readonly status: number;
  /** Names, in lower case. */
  readonly headers: readonly string[];
  /** JSON; undefined for none. */
  readonly answer: string | undefined;
}

/** Where each body does not fit, and what is missing. */
export function mismatchesOf(exchange: Exchange): readonly string[] {
  const { service, method, path, status } = exchange;
  const operation = findOperation(service, method, path);
  const headers = missingHeaders(exchange);
  if (status >= 400) return [...headers, ...errorMismatches(exchange, operation)];
  if (operation)
    return [...headers, ...requestMismatches(exchange, operation), ...answerMismatches(exchange, operation)];
  const known = unspecified.some((each) => each.method === method && each.path.test(path));
  return known ? headers : [...headers, 'no specification has this operation'];
}

function missingHeaders({ service, headers }: Exchange): readonly string[] {
  const wanted = service === 'keyVault' ? ['x-ms-request-id'] : ['x-ms-request-id', 'x-ms-correlation-request-id'];
  return wanted.filter((name) => !headers.includes(name)).map((name) => `the header ${name} is missing`);
}

function errorMismatches(exchange: Exchange, operation: SpecifiedOperation | undefined): readonly string[] {
  const body = parsed(exchange.answer) as (Refusal & { readonly error?: Refusal }) | undefined;
  if (operation && flatRefusals.test(operation.id) && isRefusal(body)) return [];
  if (!isRefusal(body?.error)) return ['an error has error.code and error.message'];
  const schema = operation?.responses.get(String(exchange.status)) ?? operation?.responses.get('default');
  return schema ? compare(schema, body, { direction: 'response', version: exchange.version }) : [];
}

interface Refusal {
  readonly code?: unknown;
  readonly message?: unknown;
}

function isRefusal(refusal: Refusal | undefined): boolean {
  return typeof refusal?.code === 'string' && typeof refusal.message === 'string';
}

function answerMismatches(exchange: Exchange, { id, responses }: SpecifiedOperation): readonly string[] {
  const { status, answer, version } = exchange;
  if (!responses.has(String(status))) {
    return [`${id} has no answer with this status, only ${[...responses.keys()].join(', ')}`];
  }
  const schema = responses.get(String(status));
  if (schema) return compare(schema, parsed(answer), { direction: 'response', version });
  const allowed = answer === undefined || extraBodies.includes(`${id} ${String(status)}`);
  return allowed ? [] : [`${id} has no body with this status`];
}

/** Requests that were refused may be as wrong as they like. */
function requestMismatches({ request, version }: Exchange, { requestBody }: SpecifiedOperation): readonly string[] {
  if (!requestBody || request === '') return [];
  return compare(requestBody, parsed(request), { direction: 'request', version });
}

function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

function compare(schema: Located<SwaggerSchema>, body: unknown, reading: Reading): readonly string[] {
  const validate = validatorOf(schema, reading);
  if (validate(body)) return [];
  return (validate.errors ?? []).filter(isCause).map((error) => `${reading.direction} ${describe(error)}`);
}

/** Of what may be null, only why it is not right otherwise. */
function isCause({ keyword, schemaPath, params }: ErrorObject): boolean {
  if (keyword === 'anyOf') return false;
  return !(keyword === 'type' && (params as { type?: unknown }).type === 'null' && schemaPath.includes('/anyOf/'));
}

/** Never a value: it may be a secret. */
function describe({ instancePath, message, params }: ErrorObject): string {
  const detail = params as { readonly unevaluatedProperty?: string; readonly allowedValues?: readonly unknown[] };
  const more = detail.unevaluatedProperty ?? detail.allowedValues?.join(', ');
  return `${instancePath === '' ? '/' : instancePath} ${message ?? ''}${more === undefined ? '' : ` (${more})`}`;
}
