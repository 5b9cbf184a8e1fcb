import { formatDuration } from '../../runtime/budget.ts';

/** How often a request was sent, and how long all of that took. */
export interface Efforts {
  readonly tries: number;
  readonly milliseconds: number;
}

/** `5 tries within 12 s`; undefined for a single one, which goes without saying. */
export function saidEfforts({ tries, milliseconds }: Efforts): string | undefined {
  return tries < 2 ? undefined : `${String(tries)} tries within ${formatDuration(milliseconds)}`;
}

/** No answer came within the limit of one try. */
export class NoAnswerInTime extends Error {
  override readonly name = 'NoAnswerInTime';

  constructor(limit: number) {
    super(`no answer within ${formatDuration(limit)}`);
  }
}

/** An answer that Azure Resource Manager does not give: its own are JSON. */
export class ForeignAnswer extends Error {
  override readonly name = 'ForeignAnswer';

  /** @param what continues "an answer ...": `of the type text/html`. Quotes nothing of the body, which may hold anything. */
  constructor(what: string) {
    super(`an answer ${what}`);
  }
}

/** A request that came to nothing, with all that was tried; `cause`: how the last try ended. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly efforts: Efforts;

  constructor(cause: Error, efforts: Efforts) {
    super(cause.message, { cause });
    this.efforts = efforts;
  }
}
