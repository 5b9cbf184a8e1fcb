/** What every server of the sandbox was asked, in one order, so that tests can say "no write came after this point". */
import type { RequestRecord } from './request-record.ts';
import type { Intercept } from './http-server.ts';

export interface RequestLog {
  /** All that was recorded since the last {@link clear}, oldest first. */
  readonly all: () => readonly RequestRecord[];
  /** Sequence numbers go on: a record made later always has a higher one. */
  readonly clear: () => void;
  /** Requests to `/_sandbox/...` are left out: reading the log must not fill it. */
  readonly record: (request: Omit<RequestRecord, 'sequence'>) => void;
}

export function createRequestLog(): RequestLog {
  let records: RequestRecord[] = [];
  let sequence = 0;
  return {
    all: () => [...records],
    clear: () => {
      records = [];
    },
    record: (request) => {
      if (request.path.startsWith('/_sandbox/')) return;
      sequence += 1;
      records.push({ sequence, ...request });
    },
  };
}

/**
 * Answers `GET /_sandbox/requests` (`{requests: [...]}` of this server; of all servers with `?all`) and `DELETE`, which
 * clears the whole log. It is an intercept so that every server has it, whoever wrote its routes.
 */
export function requestLogRoute(log: RequestLog): Intercept {
  return ({ server, phase, method, path }) => {
    const url = new URL(path, 'http://sandbox');
    if (phase !== 'before' || url.pathname !== '/_sandbox/requests') return undefined;
    if (method === 'DELETE') {
      log.clear();
      return { status: 204 };
    }
    if (method !== 'GET') return { status: 405, headers: { allow: 'GET, DELETE' }, body: 'Use GET or DELETE.\n' };
    const everything = url.searchParams.has('all');
    return { status: 200, body: { requests: log.all().filter((record) => everything || record.server === server) } };
  };
}
