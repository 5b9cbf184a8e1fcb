import type { Facts, IdentityFact, PodFact } from '../facts.ts';
import type { TokenAnswer } from '../gather/proof-answer.ts';
import type { Judgement, Rule } from './rule.ts';
import { AS_LONG_AS_IT_TAKES, failed, NEVER, notReached, passed, SECONDS } from './rule.ts';

/** AAD Pod Identity guards a node only where the answer is NMI's own. */
export const tokenRule: Rule = {
  title: () => 'the pod gets a token through NMI',
  judge: (facts) => {
    const { pod, proof } = facts;
    if (!pod.found || proof?.state !== 'answered' || !proof.answer.token) return notReached;
    const { token, proxied } = proof.answer;
    if (token.state === 'unanswered') return unanswered(pod.name, token.why, proxied);
    if (token.state === 'refused') return refused(facts, pod, token);
    return token.path === 'nmi' ? passed('NMI answered') : bypassed(pod, token);
  },
};

type FoundPod = PodFact & { readonly found: true };

const silences = {
  dns: 'its name does not resolve',
  refused: 'the connection was refused',
  timeout: 'no answer within the time',
  tls: 'the answer was no HTTP',
  network: 'the connection broke',
} as const;

function unanswered(pod: string, why: keyof typeof silences, proxied: boolean): Judgement {
  const proxy = proxied
    ? ' The pod has http_proxy set, so the request went there: add 169.254.169.254 to its no_proxy.'
    : '';
  return failed(
    'CHK011',
    { message: `169.254.169.254 did not answer the pod ${pod}: ${silences[why]}.${proxy}` },
    30 * SECONDS,
  );
}

function bypassed(pod: FoundPod, token: TokenAnswer & { readonly state: 'given' }): Judgement {
  const who = token.clientId === undefined ? 'an identity' : `the identity with client id ${token.clientId}`;
  const message = `The pod ${pod.name} got a token of ${who} that did not come from NMI.`;
  const cause = pod.hostNetwork
    ? { cause: 'The pod is on the host network, where NMI does not catch its requests.' }
    : {};
  return failed('CHK012', { message, ...cause }, NEVER);
}

type Refusal = TokenAnswer & { readonly state: 'refused' };

function refused({ identity }: Facts, pod: FoundPod, refusal: Refusal): Judgement {
  const byText = refusedByText(pod, refusal);
  if (byText) return byText;
  const { status, text: detail } = refusal;
  if (status === 404) return noIdentity(pod, identity, detail);
  if (status === 429) {
    return failed(
      'CHK017',
      { message: `The token request of the pod ${pod.name} was throttled.`, detail },
      60 * SECONDS,
    );
  }
  if (status >= 500) {
    const message = `NMI answered the pod ${pod.name} with status ${String(status)}.`;
    return failed('CHK011', { message, detail }, 30 * SECONDS);
  }
  return refusedRequest(pod, refusal);
}

/** Texts of the instance metadata service, which NMI hands on in its own answers, too. */
function refusedByText(pod: FoundPod, { text: detail }: Refusal): Judgement | undefined {
  if (/multiple user assigned identities/i.test(detail)) {
    const message = `The request of the pod ${pod.name} went past NMI, and no identity was chosen.`;
    return failed('CHK013', { message, detail }, NEVER);
  }
  if (/identity not found/i.test(detail)) {
    // Azure spreads a new identity to the nodes within a minute or so after MIC has put it on the scale set.
    const message = `Azure has no such identity on the node of the pod ${pod.name}.`;
    return failed('CHK014', { message, detail }, 90 * SECONDS);
  }
  return undefined;
}

function refusedRequest(pod: FoundPod, { status, error, text: detail }: Refusal): Judgement {
  const said = `The token request of the pod ${pod.name} was refused with status ${String(status)}`;
  if (status === 400 && detail === '' && error === '') return failed('CHK016', { message: `${said}.` }, NEVER);
  const message = error === '' ? `${said}.` : `${said} (${error}).`;
  return failed('CHK015', { message, detail }, status === 403 ? 90 * SECONDS : NEVER);
}

function noIdentity(pod: FoundPod, identity: IdentityFact | undefined, detail: string): Judgement {
  const message = `NMI has no identity for the pod ${pod.name}.`;
  if (pod.bindingLabel === undefined) {
    const cause = 'The pod carries no label aadpodidbinding.';
    const fix = 'Run PodIdentityBind for its workload: it sets the label on the pod template.';
    return failed('CHK010', { message, cause, fix, detail }, NEVER);
  }
  if (identity?.state === 'unbound') {
    const cause = `No AzureIdentityBinding with the selector "${identity.label}" leads to an AzureIdentity.`;
    const fix = 'Run PodIdentityBind, or correct the label aadpodidbinding of the workload.';
    return failed('CHK010', { message, cause, fix, detail }, NEVER);
  }
  if (identity?.state === 'given' && identity.bound === false) {
    const cause = `No AzureIdentity that the label of the pod leads to has the client id ${identity.clientId}.`;
    const fix = 'Correct the input clientId, or bind that identity to the pod as well (PodIdentityBind).';
    return failed('CHK010', { message, cause, fix, detail }, NEVER);
  }
  return failed('CHK010', { message, detail }, AS_LONG_AS_IT_TAKES);
}
