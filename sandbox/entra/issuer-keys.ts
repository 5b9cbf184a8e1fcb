/** Looks up the keys that an issuer publishes, on the sandbox's own servers only. */
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { JSONWebKeySet } from 'jose';
import type { PublishedKeys } from './assertion.ts';

/** `port` tells which local server stands behind a name; an issuer without one is unreachable. */
export function issuerKeys(caPem: string, port: (host: string, port: number) => number | undefined): PublishedKeys {
  const read = async (address: string): Promise<unknown> => {
    const url = new URL(address);
    const local = port(url.hostname, url.port === '' ? 443 : Number(url.port));
    if (url.protocol !== 'https:' || local === undefined)
      throw new Error(`${address} is not reachable from the sandbox`);
    return getJson({ url, local, caPem });
  };
  return async (issuer) => {
    const configuration = (await read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)) as {
      readonly issuer?: string;
      readonly jwks_uri?: string;
    };
    if (configuration.issuer !== issuer)
      throw new Error(`the document says that its issuer is ${String(configuration.issuer)}`);
    return (await read(configuration.jwks_uri ?? '')) as JSONWebKeySet;
  };
}

async function getJson({
  url,
  local,
  caPem,
}: {
  readonly url: URL;
  readonly local: number;
  readonly caPem: string;
}): Promise<unknown> {
  const request = https.get({
    host: '127.0.0.1',
    port: local,
    path: url.pathname + url.search,
    servername: url.hostname,
    ca: caPem,
    // What the sandbox asks itself is told from what a client asks.
    headers: { host: url.host, 'user-agent': 'sandbox entra' },
    agent: false,
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  const body = await text(response);
  if (response.statusCode !== 200) throw new Error(`${url.href} answered ${String(response.statusCode)}`);
  return JSON.parse(body);
}
