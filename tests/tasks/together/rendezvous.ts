import type { Intercept } from '../../../sandbox/kit/http-server.ts';
import { isWriteOfTask } from '../../support/world.ts';

export interface Rendezvous {
  readonly intercept: Intercept;
  /** From now on every write waits for its twin. @returns how many pairs met, to be asked at the end */
  begin(): () => number;
  end(): void;
}

/** Long enough for a task that starts late on a busy machine. */
const PATIENCE = 5_000;

/**
 * Makes two runs of the same task race for each single write: the first to send it waits until the other sends the same.
 * So both runs have planned before either has written, and every write comes twice.
 */
export function createRendezvous(): Rendezvous {
  let waiting: Map<string, (met: boolean) => void> | undefined;
  let done = new Set<string>();
  return {
    begin: () => {
      waiting = new Map();
      const pairs = new Set<string>();
      done = pairs;
      return () => pairs.size;
    },
    end: () => {
      for (const release of waiting?.values() ?? []) release(false);
      waiting = undefined;
    },
    intercept: async (event) => {
      if (!waiting || event.phase !== 'before' || !isWriteOfTask(event)) return undefined;
      const name = `${event.method} ${event.server} ${event.path}`;
      if (done.has(name)) return undefined;
      const twin = waiting.get(name);
      waiting.delete(name);
      if (twin) {
        done.add(name);
        twin(true);
      } else {
        await twinOf(name, waiting);
      }
      return undefined;
    },
  };
}

function twinOf(name: string, waiting: Map<string, (met: boolean) => void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      waiting.delete(name);
      resolve(false);
    }, PATIENCE);
    waiting.set(name, (met) => {
      clearTimeout(timer);
      resolve(met);
    });
  });
}
