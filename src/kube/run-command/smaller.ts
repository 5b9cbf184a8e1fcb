import type { KubeRequest } from '../transport.ts';

const LOG_LINES = 2_000;

/** The same request for half as much: fewer objects in a page, fewer last lines of a log. Undefined where it cannot be halved. */
export function smaller(request: KubeRequest): KubeRequest | undefined {
  const { path, query = {} } = request;
  const isLog = path.endsWith('/log');
  const option = isLog ? 'tailLines' : 'limit';
  const now = query[option] === undefined ? (isLog ? 2 * LOG_LINES : undefined) : Number(query[option]);
  if (now === undefined || now < 2) return undefined;
  return { ...request, query: { ...query, [option]: String(Math.floor(now / 2)) } };
}
