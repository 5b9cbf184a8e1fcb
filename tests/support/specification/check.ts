/** Compares what the sandbox's Azure is asked and answers with Microsoft's specifications. */
import assert from 'node:assert/strict';
import type { Intercept, InterceptEvent, SandboxResponse } from '../../../sandbox/kit/http-server.ts';
import { mismatchesOf, type Exchange } from './compare.ts';
import type { Service } from './operations.ts';

export interface SpecificationCheck {
  /** Looks, and never answers. The comparison comes at the end, so that no answer waits for it. */
  readonly intercept: Intercept;
  /** Method, path, status, place in the body, and what is wrong: one line each. */
  mismatches(): readonly string[];
}

/** What the sandbox says of itself is nobody's specification. */
const ownStatus = [501, 502];

export function createSpecificationCheck(): SpecificationCheck {
  const exchanges = new Map<string, Exchange>();
  return {
    intercept: (event) => {
      if (event.phase === 'before' || !isService(event.server) || !isImitated(event)) return undefined;
      const exchange = exchangeOf(event.server, event, event.response);
      exchanges.set(JSON.stringify(exchange), exchange);
      return undefined;
    },
    mismatches: () => {
      const found = [...exchanges.values()].flatMap((exchange) => {
        const { method, path, status } = exchange;
        return mismatchesOf(exchange).map((mismatch) => `${method} ${path} ${String(status)}: ${mismatch}`);
      });
      return [...new Set(found)];
    },
  };
}

/** @throws AssertionError with one line for each mismatch */
export function assertSpecified(check: SpecificationCheck): void {
  assert.deepEqual(check.mismatches(), [], 'bodies that do not fit Microsoft’s specifications');
}

function isService(server: string): server is Service {
  return server === 'resourceManager' || server === 'keyVault';
}

/** Microsoft Graph has the same server; the sandbox's own pages have no specification. */
function isImitated(event: InterceptEvent & { readonly phase: 'after' }): boolean {
  const { host, path, response } = event;
  return !/graph/i.test(host) && !path.startsWith('/_sandbox/') && !ownStatus.includes(response.status);
}

function exchangeOf(service: Service, event: InterceptEvent, { status, headers, body }: SandboxResponse): Exchange {
  const [path = '', query = ''] = event.path.split('?');
  const version = [...new URLSearchParams(query)].find(([name]) => name.toLowerCase() === 'api-version')?.[1];
  return {
    service,
    method: event.method,
    path,
    version: version ?? '',
    request: event.body.toString(),
    status,
    headers: Object.keys(headers ?? {}).map((name) => name.toLowerCase()),
    // As it goes over the wire: without undefined, dates as text; what it is now, whatever becomes of it later.
    answer: body === undefined ? undefined : JSON.stringify(body),
  };
}
