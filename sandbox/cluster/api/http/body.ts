/** Bodies: JSON or YAML, by content type. */
import { parse } from 'yaml';
import type { SandboxRequest } from '../../../kit/http-server.ts';
import { badRequest, unsupportedMediaType } from '../errors.ts';
import type { Patch } from '../patching.ts';

const patchTypes: Readonly<Record<string, Patch['type']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

function mediaType(request: SandboxRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** @throws 415 for protobuf and other encodings, 400 for what does not parse */
export function bodyOf(request: SandboxRequest): unknown {
  const type = mediaType(request);
  if (type === 'application/yaml') return parsed(request, parse);
  // Like the real server, whatever does not name its type is JSON.
  if (['', 'application/json', '*/*'].includes(type)) return parsed(request, JSON.parse);
  throw unsupportedMediaType(['application/json', 'application/yaml']);
}

/** An absent body is allowed for DELETE. */
export function optionalBodyOf(request: SandboxRequest): unknown {
  return request.body.length === 0 ? undefined : bodyOf(request);
}

export function patchOf(request: SandboxRequest): Patch {
  const type = patchTypes[mediaType(request)];
  if (type === undefined) throw unsupportedMediaType(Object.keys(patchTypes));
  return { type, body: parsed(request, type === 'apply' ? parse : JSON.parse) };
}

function parsed(request: SandboxRequest, parser: (text: string) => unknown): unknown {
  const text = request.body.toString('utf8');
  try {
    return parser(text);
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${reasonOf(error, text)}`);
  }
}

/** Go's words for a body that ends too early. */
function reasonOf(error: unknown, text: string): string {
  const told = error instanceof Error ? error.message : String(error);
  const at = /position (?<at>\d+)/u.exec(told)?.groups?.['at'];
  const isEnd = told.startsWith('Unexpected end of JSON input') || Number(at) >= text.length;
  return isEnd ? 'unexpected end of JSON input' : told;
}
