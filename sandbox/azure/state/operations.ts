/** Long-running operations: what a client polls after a 200, 201 or 202. */
import { randomUUID } from 'node:crypto';

export interface Operation {
  /** GUID */
  readonly id: string;
  readonly status: 'InProgress' | 'Succeeded' | 'Canceled';
  readonly startTime: Date;
  /** Undefined while it runs. */
  readonly endTime: Date | undefined;
}

export interface Operations {
  start(): Operation;
  /**
   * Looks at an operation. Every one runs for one look and has ended at the second, so that every client has to poll, and
   * no clock decides how often. Undefined for an id that nobody started.
   */
  look(id: string): Operation | undefined;
  /** Without looking. */
  find(id: string): Operation | undefined;
  /** Ends it; what has ended stays as it is. */
  cancel(id: string): void;
}

export function createOperations(): Operations {
  const known = new Map<string, Operation>();
  const seen = new Set<string>();
  const end = (id: string, status: Operation['status']): void => {
    const found = known.get(id);
    if (found && !found.endTime) known.set(id, { ...found, status, endTime: new Date() });
  };
  return {
    start: () => {
      const operation = {
        id: randomUUID(),
        status: 'InProgress',
        startTime: new Date(),
        endTime: undefined,
      } as const;
      known.set(operation.id, operation);
      return operation;
    },
    look: (id) => {
      const key = id.toLowerCase();
      if (seen.has(key)) end(key, 'Succeeded');
      seen.add(key);
      return known.get(key);
    },
    find: (id) => known.get(id.toLowerCase()),
    cancel: (id) => {
      end(id.toLowerCase(), 'Canceled');
    },
  };
}
