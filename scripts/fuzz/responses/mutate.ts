/** Does to an answer what a mutation says. */
import type { SandboxResponse } from '../../../sandbox/kit/http-server.ts';
import { contentOf } from '../../../sandbox/kit/response.ts';
import type { Mutation } from './mutations.ts';
import type { Change } from './paths.ts';
import { changedAt, pathsOf, valueAt, withTexts } from './paths.ts';

/** Those that change one place in the body. */
type Placed = Extract<Mutation, { readonly at: number }>;

type Of<Kind extends Mutation['kind']> = Extract<Mutation, { readonly kind: Kind }>;

const inBody = (response: SandboxResponse, mutation: Placed): SandboxResponse => ({
  ...response,
  body: inside(response.body, mutation),
});

const ways: {
  readonly [Kind in Mutation['kind']]: (response: SandboxResponse, mutation: Of<Kind>, self: string) => SandboxResponse;
} = {
  delete: inBody,
  duplicate: inBody,
  wrap: inBody,
  unwrap: inBody,
  otherCase: inBody,
  otherId: inBody,
  replace: inBody,
  add: inBody,
  poison: (response, { text }) => ({ ...response, body: withTexts(plain(response.body), (each) => each + text) }),
  nextLink: (response, { link }, self) => ({
    ...response,
    body: { ...(plain(response.body) as object), nextLink: link === 'self' ? self : link },
  }),
  cut: (response, { share }) => asBytes(response, (bytes) => bytes.subarray(0, Math.floor(bytes.length * share))),
  charset: (response, { charset }) => inCharset(response, charset),
  status: (response, { status }) => ({ ...response, status }),
  refusal: (_response, { status, body }) => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }),
  text: (response, { text }) => asBytes(response, () => Buffer.from(text)),
  header: (response, { status = response.status, name, value }) => ({
    ...response,
    status,
    headers: { ...response.headers, [name]: headerText(value) },
  }),
};

/** `self`: the address that was asked for. */
export function mutated(response: SandboxResponse, mutation: Mutation, self: string): SandboxResponse {
  const way = ways[mutation.kind] as (response: SandboxResponse, mutation: Mutation, self: string) => SandboxResponse;
  return way(response, mutation, self);
}

/** Node refuses to send other characters. */
function headerText(value: string): string {
  return value.replaceAll(/[^\t\x20-\x7e]/g, '?');
}

function inside(body: unknown, mutation: Placed): unknown {
  const value = plain(body);
  const paths = pathsOf(value);
  const path = paths[mutation.at % paths.length] ?? [];
  if (mutation.kind === 'add') {
    const place = valueAt(value, path);
    if (typeof place !== 'object' || place === null || Array.isArray(place)) return value;
    const text = JSON.stringify(place);
    const more = JSON.parse(text === '{}' ? `{${mutation.json}}` : `{${mutation.json},${text.slice(1)}`) as unknown;
    return changedAt(value, path, (key) => [[key, more]]);
  }
  return changedAt(value, path, changeOf(mutation));
}

function changeOf(mutation: Exclude<Placed, { readonly kind: 'add' }>): Change {
  switch (mutation.kind) {
    case 'delete':
      return () => [];
    case 'duplicate':
      return (key, value) => [
        [key, value],
        [`${key}2`, value],
      ];
    case 'wrap':
      return (key, value) => [[key, Array.isArray(value) ? { value } : [value]]];
    case 'unwrap':
      return (key, value) => [[key, typeof value === 'object' && value !== null ? Object.values(value)[0] : { value }]];
    case 'otherCase':
      return (key, value) => [[swapCase(key), typeof value === 'string' ? swapCase(value) : value]];
    case 'otherId':
      return (key, value) => [[key, typeof value === 'string' ? otherId(value) : value]];
    case 'replace':
      return (key) => [[key, mutation.value]];
  }
}

function swapCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
}

function otherId(text: string): string {
  return text.includes('-')
    ? text.replace(/[0-9a-z](?=[^0-9a-z]*$)/i, (last) => (last === '7' ? '8' : '7'))
    : `${text}7`;
}

/** As a client would read it. */
function plain(body: unknown): unknown {
  const { content } = contentOf(body);
  try {
    return JSON.parse(String(content ?? 'null')) as unknown;
  } catch {
    return String(content);
  }
}

function asBytes(response: SandboxResponse, change: (bytes: Buffer) => Buffer): SandboxResponse {
  const { content, type } = contentOf(response.body);
  return { ...response, headers: { ...type, ...response.headers }, body: change(Buffer.from(content ?? '')) };
}

function inCharset(response: SandboxResponse, charset: 'utf16le' | 'latin1' | 'bom' | 'gzip'): SandboxResponse {
  if (charset === 'bom') return asBytes(response, (bytes) => Buffer.concat([Buffer.from('\uFEFF'), bytes]));
  if (charset === 'gzip') return { ...response, headers: { ...response.headers, 'content-encoding': 'gzip' } };
  const bytes = asBytes(response, (utf8) => Buffer.from(utf8.toString(), charset));
  return { ...bytes, headers: { ...bytes.headers, 'content-type': `application/json; charset=${charset}` } };
}
