import type { Rule } from './rule.ts';
import { failed, NEVER, notReached, passed } from './rule.ts';

export const valueRule: Rule = {
  title: ({ question }) => `the value of ${question.secretName} is the expected one`,
  judge: ({ proof, question }) => {
    if (!question.expectsValue) return { status: 'skipped', because: 'expectedSha256 is empty' };
    if (proof?.state !== 'answered' || proof.answer.secret?.state !== 'read') return notReached;
    const { compared, version } = proof.answer.secret;
    if (compared === 'match') return passed('match, compared in the pod');
    if (compared === 'mismatch') {
      return failed(
        'CHK050',
        { message: `Version ${version} of ${question.secretName} has another value than expected.` },
        NEVER,
      );
    }
    return failed('CHK051', { message: 'The container has no program that computes SHA-256.' }, NEVER);
  },
};
