import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';
import { isRead } from './limits.ts';
import type { Patience } from './patience.ts';
import { withinTime } from './within-time.ts';

/**
 * Gives up a try that is not answered in time, the body included: the SDKs set no limit, and theirs would end with the
 * headers. When the run is stopped, reads end at once and writes with the last call.
 * @throws NoAnswerInTime, AbortError from sendRequest
 */
export function withTimeLimit(inner: HttpClient, { clock, limits, stop }: Patience): HttpClient {
  return {
    sendRequest: async (request) => {
      const [limit, stopped] = isRead(request.method) ? [limits.read, stop.requested] : [limits.write, stop.lastCall];
      const before = request.abortSignal;
      try {
        return await withinTime({ clock, limit, stopped }, (giveUp) => {
          request.abortSignal = joined(before, giveUp);
          return inner.sendRequest(request);
        });
      } finally {
        if (before) request.abortSignal = before;
        else delete request.abortSignal;
      }
    },
  };
}

/** The SDKs' signal is a narrower type of the same thing. */
function joined(signal: PipelineRequest['abortSignal'], own: AbortSignal): AbortSignal {
  return signal ? AbortSignal.any([signal as AbortSignal, own]) : own;
}
