import type { KubeStatus } from '../refusal.ts';
import { KubeRefusal } from '../refusal.ts';

/** HTTP statuses of the reasons that the API server gives (apimachinery, StatusReason). */
const codes: Readonly<Record<string, number>> = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServerTimeout: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
};

/** The API server's refusal in what kubectl says of it; another error where kubectl itself failed. */
export function kubectlError(stderr: string): Error {
  const text = stderr
    .split('\n')
    .filter((line) => !line.startsWith('Warning: '))
    .join('\n')
    .trim();
  const status = fromServer(text) ?? conflict(text) ?? invalid(text) ?? unmatched(text) ?? unsigned(text);
  return status
    ? new KubeRefusal(status)
    : new Error(text === '' ? 'kubectl failed without a word' : text.slice(0, 600));
}

function fromServer(text: string): KubeStatus | undefined {
  const form = /^Error from server(?: \((?<reason>\w+)\))?: (?:error when \w+ "[^"]*": )?(?<message>[\s\S]*)$/m;
  const { reason = '', message } = form.exec(text)?.groups ?? {};
  return message === undefined ? undefined : { code: codes[reason] ?? 400, reason, message, causes: [] };
}

/** `Apply failed with 1 conflict: conflict with "helm" using apps/v1: .spec.replicas`, or a list for each manager. */
function conflict(text: string): KubeStatus | undefined {
  const message = /^error: (Apply failed with \d+ conflicts?: [\s\S]*?)(?:\nPlease review the fields above|$)/.exec(
    text,
  )?.[1];
  if (message === undefined) return undefined;
  const causes: { field: string; message: string; reason: string }[] = [];
  let manager = '';
  for (const line of message.replace(/^Apply failed with \d+ conflicts?: /, '').split('\n')) {
    const named = /^conflicts? with (?<who>"(?:[^"\\]|\\.)*"[^:]*):(?: (?<field>.*))?$/.exec(line)?.groups;
    manager = named?.['who'] ?? manager;
    const field = named ? named['field'] : /^- (.*)$/.exec(line)?.[1];
    if (field !== undefined)
      causes.push({ field, message: `conflict with ${manager}`, reason: 'FieldManagerConflict' });
  }
  return { code: 409, reason: 'Conflict', message, causes };
}

function invalid(text: string): KubeStatus | undefined {
  if (!/^The (?:\S+ "[^"]*"|request) is invalid/.test(text)) return undefined;
  return { code: 422, reason: 'Invalid', message: text, causes: [] };
}

/** kubectl asks discovery first, and says so in its own words where a kind is not served. */
function unmatched(text: string): KubeStatus | undefined {
  if (!/no matches for kind|the server doesn't have a resource type/.test(text)) return undefined;
  const message = `the server could not find the requested resource (${text.slice(0, 300)})`;
  return { code: 404, reason: 'NotFound', message, causes: [] };
}

function unsigned(text: string): KubeStatus | undefined {
  if (!text.includes('You must be logged in to the server')) return undefined;
  return { code: 401, reason: 'Unauthorized', message: text, causes: [] };
}
