/** Lets one fault strike one request of a sandbox, and sees what requests come and how they are answered. */
import type { Fault } from '../../sandbox/kit/faults.ts';
import { faultIntercept } from '../../sandbox/kit/faults.ts';
import type { Instead, Intercept, InterceptEvent, SandboxResponse } from '../../sandbox/kit/http-server.ts';
import type { Happening, Length } from './faults.ts';
import type { KnownRequest } from './requests.ts';
import { isSame, known } from './requests.ts';

export interface Seen {
  readonly request: KnownRequest;
  /** What it was answered first. */
  readonly response: SandboxResponse;
}

export interface Strike {
  readonly intercept: Intercept;
  /** Whether anything was struck. */
  readonly struck: () => boolean;
}

export class Striker {
  #strike: Strike | undefined;
  #seen: Seen[] | undefined;
  #events = 0;

  readonly intercept: Intercept = async (event) => {
    this.#events += 1;
    if (event.server === 'proxy' && event.method !== 'CONNECT') return undefined;
    this.#record(event);
    return this.#strike?.intercept(event);
  };

  /** How many requests came and were answered, for a clock that waits until nothing happens. */
  get events(): number {
    return this.#events;
  }

  /** Requests of tasks from now on, each path once. */
  observe(): readonly Seen[] {
    this.#seen = [];
    return this.#seen;
  }

  arm(strike: Strike): void {
    this.#seen = undefined;
    this.#strike = strike;
  }

  /** @returns whether the fault struck */
  disarm(): boolean {
    const struck = this.#strike?.struck() ?? false;
    this.#strike = undefined;
    return struck;
  }

  #record(event: InterceptEvent): void {
    if (!this.#seen || event.phase !== 'after' || !isOfTask(event)) return;
    if (this.#seen.some(({ request }) => isSame(event, request))) return;
    this.#seen.push({ request: known(event), response: event.response });
  }
}

/** Entra reads the published keys of Azure DevOps by itself, and clusters ask themselves many things. */
function isOfTask({ server, method }: InterceptEvent): boolean {
  return !server.startsWith('cluster:') && !(server === 'azureDevOps' && method === 'GET');
}

/** Something that happens to the request itself. */
export function happening(request: KnownRequest, happens: Happening, length: Length): Strike {
  const { server, method, path } = request;
  const fault = interceptOf({ server, method, path }, happens, length);
  let struck = false;
  return {
    struck: () => struck,
    intercept: (event) => {
      if (isSame(event, request) && event.phase === happens.phase) struck = true;
      return fault(event);
    },
  };
}

/** The connection that carried it is lost with all others to the same server, and the next one meets the fault. */
export function tunnelling(request: KnownRequest, happens: Happening, length: Length): Strike {
  const meet = interceptOf({ server: 'proxy', method: 'CONNECT' }, happens, length);
  let host: string | undefined;
  let struck = false;
  return {
    struck: () => struck,
    intercept: async (event) => {
      if (event.server === 'proxy') {
        if (host === undefined || event.path.split(':')[0] !== host) return undefined;
        struck = true;
        return meet(event);
      }
      if (isSame(event, request)) host = event.host;
      if (event.server !== request.server || struck) return undefined;
      // Those that are still open are not used again.
      return host === undefined ? closing(event) : 'reset';
    },
  };
}

function interceptOf(where: Pick<Fault, 'server' | 'method' | 'path'>, happens: Happening, length: Length): Intercept {
  const times = length === 'once' ? { times: 1 } : {};
  if (!('respond' in happens)) return faultIntercept([{ ...where, ...times, ...happens }]);
  const { respond, phase } = happens;
  // Says when it is to happen; what it would answer is of no use.
  const when = faultIntercept([{ ...where, ...times, phase, answer: { status: 200 } }]);
  return async (event) => ((await when(event)) === undefined ? undefined : respond(event));
}

function closing(event: InterceptEvent): SandboxResponse | undefined {
  if (event.phase === 'before') return undefined;
  return { ...event.response, headers: { ...event.response.headers, connection: 'close' } };
}

/** Answered as it was once, although much has changed since. */
export function staleAnswer(request: KnownRequest, response: SandboxResponse): Strike {
  return meanwhile(request, 'after', () => Promise.resolve(response));
}

/** Something that happens elsewhere at the moment of the request. */
export function meanwhile(
  request: KnownRequest,
  phase: 'before' | 'after',
  act: () => Promise<Instead | undefined>,
): Strike {
  let left = 1;
  let struck = false;
  return {
    struck: () => struck,
    intercept: async (event) => {
      if (left === 0 || event.phase !== phase || !isSame(event, request)) return undefined;
      left -= 1;
      struck = true;
      return act();
    },
  };
}
