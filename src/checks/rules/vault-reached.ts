import type { Facts } from '../facts.ts';
import type { RefusalReason, SecretRefusal } from './vault-refusal.ts';
import { refusalReason } from './vault-refusal.ts';
import type { Judgement, Rule } from './rule.ts';
import { failed, NEVER, notReached, passed, SECONDS } from './rule.ts';

export const vaultReachedRule: Rule = {
  title: ({ question }) => `the pod reaches the key vault ${question.vaultName}`,
  judge: (facts) => {
    const { proof, question } = facts;
    if (proof?.state !== 'answered' || !proof.answer.secret) return notReached;
    const { secret } = proof.answer;
    switch (secret.state) {
      case 'unanswered':
        return unanswered(question.vaultHost, secret.why);
      case 'strange':
        return strange(question.vaultHost, 'with status 200, but without a secret', '');
      case 'refused':
        return refusedOnTheWay(facts, secret, proof.answer.proxied) ?? passed(question.vaultHost);
      case 'read':
        return passed(question.vaultHost);
    }
  },
};

function refusedOnTheWay(facts: Facts, secret: SecretRefusal, proxied: boolean): Judgement | undefined {
  // A proxy says 502 in its own words where the name leads it nowhere; a vault would say it as a JSON error.
  if (proxied && secret.status === 502 && secret.code === '') {
    const message = `${facts.question.vaultHost} does not resolve for the proxy of the pod, or cannot be reached by it.`;
    return failed('CHK030', { message, detail: secret.text }, 15 * SECONDS);
  }
  return networkJudgement(facts, secret, refusalReason(secret, facts.vault));
}

const silences = {
  refused: 'the connection was refused',
  timeout: 'no answer within the time',
  tls: 'its certificate is not trusted in the pod, or the answer was no TLS',
  network: 'the connection broke',
} as const;

function unanswered(host: string, why: keyof typeof silences | 'dns'): Judgement {
  if (why === 'dns') return failed('CHK030', { message: `${host} does not resolve in the pod.` }, 15 * SECONDS);
  return failed('CHK031', { message: `The pod cannot reach ${host}: ${silences[why]}.` }, 15 * SECONDS);
}

function strange(host: string, how: string, detail: string): Judgement {
  return failed('CHK047', { message: `${host} answered ${how}.`, detail }, NEVER);
}

function networkJudgement(
  { question }: Facts,
  { status, text }: SecretRefusal,
  reason: RefusalReason,
): Judgement | undefined {
  const { vaultHost: host, vaultName: name } = question;
  const detail = text;
  switch (reason) {
    case 'firewall': {
      const address = /Client address: ([0-9a-fA-F.:]+)/.exec(text)?.[1];
      const from = address === undefined ? '' : ` at ${address}`;
      return failed(
        'CHK032',
        { message: `The firewall of the key vault ${name} does not allow the pod${from}.`, detail },
        NEVER,
      );
    }
    case 'private':
      return failed('CHK033', { message: `The key vault ${name} takes private connections only.`, detail }, NEVER);
    case 'throttled':
      return failed('CHK034', { message: `The key vault ${name} is throttling (status 429).`, detail }, 60 * SECONDS);
    case 'unavailable':
      return failed('CHK031', { message: `${host} answered with status ${String(status)}.`, detail }, 30 * SECONDS);
    case 'strange':
      return strange(host, `with status ${String(status)}`, text);
    default:
      return undefined;
  }
}
