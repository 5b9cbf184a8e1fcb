/** What a network makes of an answer on its way. */
import { contentOf, type SandboxResponse } from './response.ts';

/** The connection breaks in the middle of the body. An answer without a body loses its connection, too. */
export function halved(response: SandboxResponse): SandboxResponse {
  return { ...response, cutAfter: Math.floor(bytesOf(response).length / 2) };
}

/** The body ends in the middle, and nothing but its content says so: half of a JSON text is none. */
export function garbled(response: SandboxResponse): SandboxResponse {
  const bytes = bytesOf(response);
  const { type } = contentOf(response.body);
  const body = bytes.subarray(0, Math.floor(bytes.length / 2));
  return { ...response, headers: { ...type, ...response.headers }, body };
}

/** As hotels and guest networks answer in the place of whoever was asked. */
export const captivePage: SandboxResponse = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head><body>Please sign in.</body></html>\n',
};

/** As Squid answers where the name of the server does not resolve. */
export const unresolvedName: SandboxResponse = {
  status: 503,
  headers: { 'x-squid-error': 'ERR_DNS_FAIL 0', 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html>\n<html><body>Unable to determine IP address from host name.</body></html>\n',
};

function bytesOf({ body }: SandboxResponse): Buffer {
  return Buffer.from(contentOf(body).content ?? '');
}
