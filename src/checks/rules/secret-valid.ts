import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Rule } from './rule.ts';
import { notReached, passed } from './rule.ts';

/** Key Vault returns expired secrets, too; applications find out later. */
export const validityRule: Rule = {
  title: ({ question }) => `the secret ${question.secretName} is valid today`,
  judge: ({ proof, question, now }) => {
    if (proof?.state !== 'answered' || proof.answer.secret?.state !== 'read') return notReached;
    const { expires, notBefore } = proof.answer.secret;
    const today = now.getTime() / 1000;
    if (expires !== undefined && expires <= today) {
      const message = `The secret ${question.secretName} expired on ${dateText(expires)}.`;
      return { status: 'warned', diagnostic: diagnostic('CHK048', { message }) };
    }
    if (notBefore !== undefined && notBefore > today) {
      const message = `The secret ${question.secretName} is valid only from ${dateText(notBefore)}.`;
      return { status: 'warned', diagnostic: diagnostic('CHK049', { message }) };
    }
    return passed(expires === undefined ? 'it does not expire' : `until ${dateText(expires)}`);
  },
};

function dateText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${String(seconds)} s after 1970` : date.toISOString();
}
