/** The sandbox's request log as lines of the tables. */
import type { RequestRecord } from '../../sandbox/contracts.ts';

/**
 * In the order in which they were answered, without the proxy's tunnels (what went through them arrived elsewhere) and
 * without what the sandbox asks itself, as Entra does for the keys of an issuer.
 */
export function requestLines(records: readonly RequestRecord[]): readonly string[] {
  const isOfAz = ({ method, userAgent = '' }: RequestRecord): boolean =>
    method !== 'CONNECT' && !userAgent.startsWith('sandbox');
  return records.filter(isOfAz).map(requestLine);
}

/** `GET management.azure.com/subscriptions @2022-12-01`; ` -> 409` where it was refused. */
function requestLine({ method, host, path, status }: RequestRecord): string {
  const [place = '', query = ''] = path.split('?');
  const parameters = query.split('&').filter((part) => part !== '');
  const isVersion = (part: string): boolean => part.startsWith('api-version=');
  const version = parameters.find(isVersion)?.slice('api-version='.length);
  const others = parameters
    .filter((part) => !isVersion(part))
    .map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
  return [
    `${method} ${host}${decodeURIComponent(place)}${others.length > 0 ? `?${others.join('&')}` : ''}`,
    ...(version === undefined ? [] : [`@${version}`]),
    ...(status < 400 ? [] : [`-> ${String(status)}`]),
  ].join(' ');
}
