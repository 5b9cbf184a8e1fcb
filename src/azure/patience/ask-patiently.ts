import type { PlainAnswer } from '../send.ts';
import { isPassing, isPassingStatus } from './passing.ts';
import type { Patience } from './patience.ts';
import { persist } from './persist.ts';
import type { Efforts } from './unanswered.ts';
import { ForeignAnswer, Unanswered } from './unanswered.ts';

export interface PatientQuestion {
  /** One try. */
  readonly send: () => Promise<PlainAnswer>;
  /** What is wrong with a success, undefined where it is what was asked for; continues "an answer ...". */
  readonly wrongWith: (answer: PlainAnswer) => string | undefined;
}

/** With all that was tried for it. */
export type PatientAnswer = PlainAnswer & { readonly efforts: Efforts };

/**
 * A question that is sent without an SDK, again where its failure may pass.
 * @returns the answer, which may be a refusal
 * @throws Unanswered, DiagnosticError, AbortError
 */
export async function askPatiently({ send, wrongWith }: PatientQuestion, patience: Patience): Promise<PatientAnswer> {
  const once = async (): Promise<PlainAnswer> => {
    const answer = await send();
    const wrong = answer.status < 400 ? wrongWith(answer) : undefined;
    if (wrong !== undefined) throw new ForeignAnswer(wrong);
    return answer;
  };
  const { end, efforts } = await persist(
    once,
    (each) =>
      'error' in each
        ? { passes: isPassing(each.error) }
        : { passes: isPassingStatus(each.answer.status), asked: each.answer.retryAfter },
    patience,
  );
  if ('error' in end) throw isPassing(end.error) ? new Unanswered(end.error, efforts) : end.error;
  return { ...end.answer, efforts };
}
