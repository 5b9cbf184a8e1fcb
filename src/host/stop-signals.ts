import { setMaxListeners } from 'node:events';
import type { Stop } from '../runtime/stop.ts';
import type { Host } from './run-operation.ts';

/** The first time that the agent asks to stop, what is under way is finished; the second time it is let go. */
export function stopSignals({ onStop, log }: Pick<Host, 'onStop' | 'log'>): Stop {
  const [requested, lastCall] = [new AbortController(), new AbortController()];
  // Every request under way listens to them, and a fleet has many.
  setMaxListeners(0, requested.signal, lastCall.signal);
  onStop((signal) => {
    const again = requested.signal.aborted;
    log.line(
      again
        ? `${signal} received: stopping now, without waiting for what is under way.`
        : `${signal} received: finishing what is under way, then stopping.`,
    );
    (again ? lastCall : requested).abort(Object.assign(new Error('The run was stopped.'), { name: 'AbortError' }));
  });
  return { requested: requested.signal, lastCall: lastCall.signal };
}
