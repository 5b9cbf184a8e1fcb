import type { HttpClient, PipelineResponse } from '@azure/core-rest-pipeline';
import { armErrorBody } from '../answers/arm-error-body.ts';
import { pauseOf } from '../throttle/answer.ts';
import { isBusy, isPassing, isPassingStatus, maySendAgain } from './passing.ts';
import type { Patience } from './patience.ts';
import type { End, Outlook } from './persist.ts';
import { persist } from './persist.ts';
import type { Efforts } from './unanswered.ts';
import { saidEfforts, Unanswered } from './unanswered.ts';

/** Never on the wire: tells whoever words a refusal how often it came. */
export const EFFORTS = 'x-keyless-pods-efforts';

/**
 * Sends a request again where its failure may pass: no answer, half of one, one of somebody else, and what services say
 * when they cannot just now. Only what is safe to repeat: our writes name what should be, so that a second one finds it
 * done. The SDKs' own repetition is switched off, because it knows neither the budget of the step nor half an answer.
 * @throws Unanswered from sendRequest where no try got an answer
 */
export function repeated(inner: HttpClient, patience: Patience): HttpClient {
  return {
    sendRequest: async (request) => {
      const again = maySendAgain(request);
      const outlook = (end: End<PipelineResponse>): Outlook => (again ? outlookOf(end, patience) : { passes: false });
      const { end, efforts } = await persist(() => inner.sendRequest(request), outlook, patience);
      return conclude(end, efforts);
    },
  };
}

function outlookOf(end: End<PipelineResponse>, { clock }: Patience): Outlook {
  if ('error' in end) return { passes: isPassing(end.error) };
  const { status, bodyAsText } = end.answer;
  const passes = isPassingStatus(status) || isBusy(status, armErrorBody(bodyAsText ?? '')?.code);
  return { passes, asked: pauseOf(end.answer, clock.date()) };
}

function conclude(end: End<PipelineResponse>, efforts: Efforts): PipelineResponse {
  if ('error' in end) throw isPassing(end.error) ? new Unanswered(end.error, efforts) : end.error;
  const said = saidEfforts(efforts);
  if (said !== undefined && end.answer.status >= 400) end.answer.headers.set(EFFORTS, said);
  return end.answer;
}
