import type { HttpMethods } from '@azure/core-rest-pipeline';

/** How long one request may take. All in milliseconds. */
export interface RequestLimits {
  /** For one try of a request that reads. */
  readonly read: number;
  /** For one try of a request that writes: it may have begun to take effect, so it is given more time. */
  readonly write: number;
  /** For one try at the instance metadata service: on a machine without one, nobody answers at all. */
  readonly metadata: number;
  /** For all tries of one request together, pauses that the service asked for left out. */
  readonly whole: number;
}

const LONGEST_READ = 30_000;
const LONGEST_WRITE = 60_000;
const LONGEST_METADATA = 5_000;

/** A request that hangs must not eat the time of the whole step: all limits are parts of it. */
export function requestLimits(budget: number): RequestLimits {
  return {
    read: Math.min(LONGEST_READ, budget / 20),
    write: Math.min(LONGEST_WRITE, budget / 10),
    metadata: Math.min(LONGEST_METADATA, budget / 10),
    whole: budget / 2,
  };
}

export function isRead(method: HttpMethods): boolean {
  return method === 'GET' || method === 'HEAD';
}
