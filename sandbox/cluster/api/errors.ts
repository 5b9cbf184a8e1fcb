/** The API server's refusals: message, reason, code and details as k8s.io/apimachinery/pkg/api/errors builds them. */
import { KubeStatusError } from '../../contracts.ts';

/** What a refusal is about: group and plural (`details.kind` carries the plural, except for Invalid). */
export interface Subject {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

type Names = Pick<Subject, 'group' | 'plural'>;

function qualified(subject: Names): string {
  return subject.group === '' ? subject.plural : `${subject.plural}.${subject.group}`;
}

function details(subject: Names, name: string | undefined): object {
  return {
    ...(name ? { name } : {}),
    ...(subject.group === '' ? {} : { group: subject.group }),
    kind: subject.plural,
  };
}

export function notFound(subject: Names, name: string): KubeStatusError {
  const message = `${qualified(subject)} "${name}" not found`;
  return new KubeStatusError({ code: 404, reason: 'NotFound', message, details: details(subject, name) });
}

export function alreadyExists(subject: Names, name: string): KubeStatusError {
  const message = `${qualified(subject)} "${name}" already exists`;
  return new KubeStatusError({ code: 409, reason: 'AlreadyExists', message, details: details(subject, name) });
}

export const STALE = 'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(subject: Names, name: string, why: string = STALE): KubeStatusError {
  const message = `Operation cannot be fulfilled on ${qualified(subject)} "${name}": ${why}`;
  return new KubeStatusError({ code: 409, reason: 'Conflict', message, details: details(subject, name) });
}

/** Server-side apply ran into fields of other managers. */
export function applyConflict(message: string, causes: readonly Cause[]): KubeStatusError {
  return new KubeStatusError({ code: 409, reason: 'Conflict', message, details: { causes } });
}

export function forbidden(subject: Names, name: string | undefined, why: string): KubeStatusError {
  const what = name ? `${qualified(subject)} "${name}"` : qualified(subject);
  const message = `${what} is forbidden: ${why}`;
  return new KubeStatusError({ code: 403, reason: 'Forbidden', message, details: details(subject, name) });
}

export function invalid(subject: Subject, name: string, causes: readonly Cause[]): KubeStatusError {
  const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  const list = texts.length === 1 ? String(texts[0]) : `[${texts.join(', ')}]`;
  const kind = subject.group === '' ? subject.kind : `${subject.kind}.${subject.group}`;
  return new KubeStatusError({
    code: 422,
    reason: 'Invalid',
    message: `${kind} "${name}" is invalid: ${list}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(subject.group === '' ? {} : { group: subject.group }),
      kind: subject.kind,
      causes,
    },
  });
}

export function badRequest(message: string): KubeStatusError {
  return new KubeStatusError({ code: 400, reason: 'BadRequest', message });
}

export function unauthorized(): KubeStatusError {
  return new KubeStatusError({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
}

export function methodNotAllowed(subject: Names): KubeStatusError {
  const message = 'the server does not allow this method on the requested resource';
  return new KubeStatusError({ code: 405, reason: 'MethodNotAllowed', message, details: details(subject, undefined) });
}

export function unsupportedMediaType(accepted: readonly string[]): KubeStatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new KubeStatusError({ code: 415, reason: 'UnsupportedMediaType', message });
}

/** A resource version older than what the server remembers. */
export function expired(message: string): KubeStatusError {
  return new KubeStatusError({ code: 410, reason: 'Expired', message });
}

/** The path is fine but nothing serves it: what the server says for an unknown subresource. */
export function noSuchResource(): KubeStatusError {
  const message = 'the server could not find the requested resource';
  return new KubeStatusError({ code: 404, reason: 'NotFound', message, details: {} });
}

/** The Status object as it goes over the wire. */
export function statusObject(error: KubeStatusError): object {
  const { code, reason, message, details: about } = error.status;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(about === undefined ? {} : { details: about }),
    code,
  };
}
