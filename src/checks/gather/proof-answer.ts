import { isGuid } from '../../runtime/guid.ts';

/** Why a request got no answer. */
export type NoAnswer = 'dns' | 'refused' | 'timeout' | 'tls' | 'network';

export type TokenAnswer =
  | {
      readonly state: 'given';
      /** Who answered: NMI, or the instance metadata service itself. */
      readonly path: 'nmi' | 'imds' | 'other';
      readonly clientId?: string;
      readonly objectId?: string;
      readonly tenantId?: string;
      /** Resource id of the identity. */
      readonly resourceId?: string;
      readonly audience?: string;
    }
  | { readonly state: 'refused'; readonly status: number; readonly error: string; readonly text: string }
  | { readonly state: 'unanswered'; readonly why: NoAnswer };

export type SecretAnswer =
  | {
      readonly state: 'read';
      readonly version: string;
      readonly enabled: boolean;
      /** Seconds since 1970. */
      readonly expires?: number;
      readonly notBefore?: number;
      readonly compared?: 'match' | 'mismatch' | 'unable';
    }
  | {
      readonly state: 'refused';
      readonly status: number;
      readonly code: string;
      readonly inner: string;
      readonly text: string;
    }
  | { readonly state: 'unanswered'; readonly why: NoAnswer }
  | { readonly state: 'strange' };

/** What the proof script said, taken apart. */
export interface ProofAnswer {
  readonly tool: 'curl' | 'wget' | 'wget-busybox' | 'none';
  /** The pod has http_proxy, so the token request went there. */
  readonly proxied: boolean;
  /** The token stood in the arguments of a process in the pod. */
  readonly exposed: boolean;
  readonly token?: TokenAnswer;
  readonly secret?: SecretAnswer;
}

const MOST = 64 * 1024;
const LINE = /^kp1 ([a-z]+(?:\.[a-z]+)?) (.{1,600})$/u;

/**
 * Reads what the pod printed. A pod is not trusted: only whole lines of the protocol count, the first of a key wins,
 * every value must have its form, and only the first 64 kB are looked at. Undefined unless the answer is complete.
 */
export function parseProof(stdout: string): ProofAnswer | undefined {
  const values = readLines(stdout.slice(0, MOST));
  const tool = toolOf(values.get('tool') ?? '');
  if (values.get('end') !== '0' || tool === undefined) return undefined;
  const common = { tool, proxied: values.has('proxy'), exposed: values.has('exposed') };
  if (tool === 'none') return common;
  const token = tokenAnswer(values);
  if (token?.state !== 'given') return token && { ...common, token };
  const secret = secretAnswer(values);
  return secret && { ...common, token, secret };
}

function readLines(text: string): Values {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = LINE.exec(line);
    const [key = '', value = ''] = match?.slice(1) ?? [];
    if (match && !values.has(key)) values.set(key, printable(value));
  }
  return values;
}

/** Control characters (terminal escapes among them) are no part of any message. */
function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '').trim();
}

function toolOf(text: string): ProofAnswer['tool'] | undefined {
  const [name = ''] = text.split(' ');
  if (name === 'curl-old') return 'curl';
  return name === 'curl' || name === 'wget' || name === 'wget-busybox' || name === 'none' ? name : undefined;
}

type Values = ReadonlyMap<string, string>;

function tokenAnswer(values: Values): TokenAnswer | undefined {
  const why = noAnswer(values.get('token.failure'));
  if (why) return { state: 'unanswered', why };
  const status = statusOf(values.get('token.status'));
  if (status === undefined) return undefined;
  const path = values.get('token.path');
  if (status !== 200 || path === undefined) {
    return { state: 'refused', status, error: values.get('token.error') ?? '', text: values.get('token.text') ?? '' };
  }
  return {
    state: 'given',
    path: path === 'nmi' || path === 'imds' ? path : 'other',
    ...guid('clientId', values.get('token.client')),
    ...guid('objectId', values.get('token.oid')),
    ...guid('tenantId', values.get('token.tenant')),
    ...text('resourceId', values.get('token.resource')),
    ...text('audience', values.get('token.audience')),
  };
}

function secretAnswer(values: Values): SecretAnswer | undefined {
  const why = noAnswer(values.get('vault.failure'));
  if (why) return { state: 'unanswered', why };
  const status = statusOf(values.get('vault.status'));
  if (status === undefined) return undefined;
  if (status !== 200) {
    const said = (key: string): string => values.get(`vault.${key}`) ?? '';
    return { state: 'refused', status, code: said('code'), inner: said('inner'), text: said('text') };
  }
  const version = values.get('secret.version') ?? '';
  if (!values.has('secret.found') || !/^[0-9a-f]{32}$/i.test(version)) return { state: 'strange' };
  return {
    state: 'read',
    version,
    enabled: values.get('secret.enabled') !== 'false',
    ...seconds('expires', values.get('secret.exp')),
    ...seconds('notBefore', values.get('secret.nbf')),
    ...compared(values.get('compare')),
  };
}

function noAnswer(value: string | undefined): NoAnswer | undefined {
  if (value === undefined) return undefined;
  return value === 'dns' || value === 'refused' || value === 'timeout' || value === 'tls' ? value : 'network';
}

function statusOf(value: string | undefined): number | undefined {
  return value !== undefined && /^[1-5]\d\d$/.test(value) ? Number(value) : undefined;
}

function guid<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  return value !== undefined && isGuid(value) ? text(key, value) : {};
}

function text<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<Key, string>>);
}

function seconds<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, number>> {
  if (value === undefined || !/^\d{1,12}$/.test(value)) return {};
  return { [key]: Number(value) } as Partial<Record<Key, number>>;
}

function compared(value: string | undefined): { readonly compared?: 'match' | 'mismatch' | 'unable' } {
  return value === 'match' || value === 'mismatch' || value === 'unable' ? { compared: value } : {};
}
