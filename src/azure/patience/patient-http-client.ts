import type { HttpClient } from '@azure/core-rest-pipeline';
import { azureAnswersOnly } from '../answers/azure-answers.ts';
import type { KeptTokens } from '../kept-tokens.ts';
import type { ThrottleContext } from '../throttle/throttle.ts';
import { throttled } from '../throttle/throttle.ts';
import type { Patience } from './patience.ts';
import { renewingTokens } from './renewing-tokens.ts';
import { repeated } from './repeated.ts';
import { withTimeLimit } from './time-limit.ts';

export interface ArmClientContext {
  readonly patience: Patience;
  readonly tokens: Pick<KeptTokens, 'renew'>;
  /** What to tell of a pause that Azure asks for. */
  readonly onThrottled: ThrottleContext['onWait'];
}

/** For requests to Azure Resource Manager: what may pass is waited for, within the budget, and nothing else. */
export function patientHttpClient(inner: HttpClient, { patience, tokens, onThrottled }: ArmClientContext): HttpClient {
  const { clock, budget, stop, random } = patience;
  const answered = azureAnswersOnly(withTimeLimit(inner, patience));
  const paced = throttled(answered, {
    clock,
    signal: stop.requested,
    patience: (since) => Math.min(budget.remaining(), since + budget.total - clock.now()),
    onWait: onThrottled,
    random,
  });
  return renewingTokens(repeated(paced, patience), tokens);
}
