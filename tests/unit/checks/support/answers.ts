import { createHash } from 'node:crypto';
import type { Answer, Asked } from './fake-azure.ts';

export const OBJECT_ID = '11111111-1111-4111-8111-111111111111';
export const CLIENT_ID = '22222222-2222-4222-8222-222222222222';
export const VERSION = '0123456789abcdef0123456789abcdef';

function encoded(part: object | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** As Microsoft Entra makes them for managed identities, with a signature of the usual length. */
export const token = [
  encoded({ typ: 'JWT', alg: 'RS256' }),
  encoded({
    aud: 'https://vault.azure.net',
    appid: CLIENT_ID,
    groups: ['a', 'b'],
    nested: { oid: 'not this one' },
    oid: OBJECT_ID,
    tid: '33333333-3333-4333-8333-333333333333',
    xms_mirid: '/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-web',
  }),
  encoded('signature '.repeat(25)),
].join('.');

/** NMI 1.8.17 (facts: pod identity 2.3). */
export const fromNmi: Answer = {
  status: 200,
  body: {
    access_token: token,
    refresh_token: '',
    expires_in: '86399',
    expires_on: '1790000000',
    not_before: '1780000000',
    resource: 'https://vault.azure.net',
    token_type: 'Bearer',
  },
};

/** The instance metadata service (facts: azure 1.8). */
export const fromInstanceMetadata: Answer = {
  status: 200,
  body: {
    access_token: token,
    client_id: CLIENT_ID,
    expires_in: '86399',
    expires_on: '1790000000',
    ext_expires_in: '86399',
    not_before: '1780000000',
    resource: 'https://vault.azure.net',
    token_type: 'Bearer',
  },
};

export function secretBody(value: string, attributes: object = {}): object {
  return {
    value,
    contentType: '"id":"no"',
    id: `https://kvtest.vault.azure.net/secrets/password/${VERSION}`,
    attributes: { enabled: true, created: 1, updated: 1, recoveryLevel: 'Recoverable', ...attributes },
    tags: { value: 'a tag', id: 'a tag' },
  };
}

/** Answers as a vault does: without the right token 401, else `answer`. */
export function guarded(answer: Answer): (asked: Asked) => Answer {
  return ({ headers }) =>
    headers.authorization === `Bearer ${token}`
      ? answer
      : {
          status: 401,
          body: { error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer or PoP token.' } },
        };
}

export function refusal(status: number, code: string, message: string, inner?: string): Answer {
  return {
    status,
    body: { error: { code, message, ...(inner === undefined ? {} : { innererror: { code: inner } }) } },
  };
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What the agent sends in place of the digest. */
export function salted(nonce: string, value: string): string {
  return sha256(`${nonce}:${sha256(value)}`);
}
