import type { CheckResult } from '../engine/check.ts';
import type { Facts, Verdict } from './facts.ts';
import { containerRule } from './rules/container-can-ask.ts';
import { identityRule } from './rules/expected-identity.ts';
import { valueRule } from './rules/expected-value.ts';
import { readyPodRule } from './rules/ready-pod.ts';
import type { Rule } from './rules/rule.ts';
import { secretRule } from './rules/secret-readable.ts';
import { validityRule } from './rules/secret-valid.ts';
import { tokenRule } from './rules/token-through-nmi.ts';
import { vaultReachedRule } from './rules/vault-reached.ts';

/** In the order in which one builds on the other. */
export const secretAccessRules: readonly Rule[] = [
  readyPodRule,
  containerRule,
  tokenRule,
  identityRule,
  vaultReachedRule,
  secretRule,
  validityRule,
  valueRule,
];

export interface Judged {
  readonly checks: readonly CheckResult[];
  /** The first check that failed; those after it are skipped. */
  readonly failure: Verdict | undefined;
}

/** Pure: the same facts always give the same checks. */
export function judge(facts: Facts): Judged {
  let failure: Verdict | undefined;
  const checks = secretAccessRules.map((rule): CheckResult => {
    const title = rule.title(facts);
    if (failure) return { title, status: 'skipped', because: `[${failure.diagnostic.code}] comes before it` };
    const judgement = rule.judge(facts);
    if (judgement.status !== 'failed') return { title, ...judgement };
    const { diagnostic, patience } = judgement;
    failure = { diagnostic, patience };
    return { title, status: 'failed', diagnostic };
  });
  return { checks, failure };
}
