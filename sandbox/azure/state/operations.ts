/** Long-running operations: what a client polls after a 201 or 202. */
import { randomUUID } from 'node:crypto';

export interface Operation {
  /** GUID */
  readonly id: string;
  readonly startTime: Date;
  /** Undefined while it runs. */
  readonly endTime: Date | undefined;
}

export interface Operations {
  /** `finish` is called once, when the operation ends. */
  start(finish?: () => void): Operation;
  /**
   * Looks at an operation. It runs for two looks, so that every client has to poll, and no clock decides how often.
   * Undefined for an id that nobody started.
   */
  look(id: string): Operation | undefined;
}

const looksWhileRunning = 1;

interface Running {
  operation: Operation;
  looks: number;
  readonly finish: () => void;
}

export function createOperations(): Operations {
  const known = new Map<string, Running>();
  return {
    start: (finish = () => undefined) => {
      const operation = { id: randomUUID(), startTime: new Date(), endTime: undefined };
      known.set(operation.id, { operation, looks: 0, finish });
      return operation;
    },
    look: (id) => {
      const found = known.get(id.toLowerCase());
      if (!found) return undefined;
      found.looks += 1;
      if (found.looks > looksWhileRunning && !found.operation.endTime) {
        found.operation = { ...found.operation, endTime: new Date() };
        found.finish();
      }
      return found.operation;
    },
  };
}
