import { listOf } from '../../runtime/text.ts';
import type { Facts, VaultFact } from '../facts.ts';
import type { TokenAnswer } from '../gather/proof-answer.ts';
import type { RefusalReason, SecretRefusal } from './vault-refusal.ts';
import { possibleReasons, refusalReason } from './vault-refusal.ts';
import type { Judgement, Rule } from './rule.ts';
import { AS_LONG_AS_IT_TAKES, failed, NEVER, notReached, passed, SECONDS } from './rule.ts';

export const secretRule: Rule = {
  title: ({ question }) => `the secret ${question.secretName} can be read`,
  judge: (facts) => {
    const { proof, vault } = facts;
    if (proof?.state !== 'answered') return notReached;
    const { secret, token } = proof.answer;
    if (secret?.state === 'read') return passed(`version ${secret.version}; its value stayed in the pod`);
    if (secret?.state !== 'refused') return notReached;
    return refusedJudgement(facts, {
      refusal: secret,
      reason: refusalReason(secret, vault),
      caller: callerText(token),
    });
  },
};

interface Refused {
  readonly refusal: SecretRefusal;
  readonly reason: RefusalReason;
  /** `object id ...` of who asked. */
  readonly caller: string;
}

function refusedJudgement(facts: Facts, refused: Refused): Judgement {
  const { question } = facts;
  const { reason, refusal } = refused;
  const detail = refusal.text;
  const vault = `key vault ${question.vaultName}`;
  switch (reason) {
    case 'policy':
    case 'role':
    case 'compound':
      return withoutPermission(facts, refused, reason);
    case 'missing':
      return failed(
        'CHK043',
        { message: `Access works, but the ${vault} has no secret ${secretText(facts)}.`, detail },
        NEVER,
      );
    case 'disabled':
      return failed(
        'CHK044',
        { message: `The secret ${secretText(facts)} of the ${vault} is disabled.`, detail },
        NEVER,
      );
    case 'token':
      return failed('CHK045', { message: `The ${vault} does not accept the token (status 401).`, detail }, NEVER);
    case 'unresolved':
      return unresolved(facts, refusal);
    default:
      return notReached;
  }
}

function withoutPermission(
  facts: Facts,
  { refusal, caller }: Refused,
  reason: 'policy' | 'role' | 'compound',
): Judgement {
  const { vaultName, secretName } = facts.question;
  const known = permission(facts.vault);
  const detail = refusal.text;
  switch (reason) {
    case 'policy': {
      const message = `No access policy of the key vault ${vaultName} lets ${caller} read secrets.`;
      return failed('CHK040', { message, ...known.cause, detail }, known.patience);
    }
    case 'role': {
      const message = `No effective role lets ${caller} read ${secretName} in the key vault ${vaultName}.`;
      return failed('CHK041', { message, ...known.cause, detail }, known.patience);
    }
    case 'compound': {
      const message = `The access policy of ${caller} on the key vault ${vaultName} has an application id.`;
      return failed('CHK042', { message, detail }, NEVER);
    }
  }
}

/** A grant that Azure shows becomes effective in time; one that is not there never does. */
function permission(vault: VaultFact | undefined): {
  readonly patience: number;
  readonly cause: { readonly cause?: string };
} {
  if (!vault?.known) return { patience: AS_LONG_AS_IT_TAKES, cause: {} };
  const { grant } = vault;
  if (grant.state === 'granted') {
    const cause = `Azure shows ${grant.by}, but it is not effective yet.`;
    return { patience: AS_LONG_AS_IT_TAKES, cause: { cause } };
  }
  return { patience: grant.state === 'unknown' ? AS_LONG_AS_IT_TAKES : NEVER, cause: {} };
}

function callerText(token: TokenAnswer | undefined): string {
  if (token?.state !== 'given') return 'the identity';
  const { resourceId, objectId } = token;
  const name = resourceId?.split('/').at(-1);
  const id = objectId === undefined ? '' : `object id ${objectId}`;
  return name === undefined ? id || 'the identity' : `${name}${id && ` (${id})`}`;
}

function secretText({ question: { secretName, secretVersion } }: Facts): string {
  return secretVersion === undefined ? secretName : `${secretName} with version ${secretVersion}`;
}

const reasons: Partial<Record<RefusalReason, string>> = {
  policy: 'no access policy',
  role: 'no effective role',
  compound: 'a policy with an application id',
  firewall: 'the firewall of the vault',
  private: 'public access is disabled',
  disabled: 'the secret is disabled',
};

function unresolved({ question, vault }: Facts, { text }: SecretRefusal): Judgement {
  const possible = possibleReasons(vault).map((reason) => reasons[reason] ?? reason);
  const message = `The key vault ${question.vaultName} refused the pod with status 403; possible: ${listOf(possible, 'or')}.`;
  const shown = vault?.known && vault.grant.state === 'granted';
  return failed('CHK046', { message, detail: text }, shown ? 120 * SECONDS : NEVER);
}
