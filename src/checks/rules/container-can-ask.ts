import type { Facts } from '../facts.ts';
import type { Judgement, Rule } from './rule.ts';
import { failed, NEVER, notReached, passed, SECONDS } from './rule.ts';

export const containerRule: Rule = {
  title: () => 'the container has a shell and curl or wget',
  judge: (facts) => {
    const { pod, proof } = facts;
    if (!pod.found || !proof) return notReached;
    const where = `The container ${pod.container} of pod ${pod.name}`;
    switch (proof.state) {
      case 'noShell':
        return failed('CHK002', { message: `${where} has no sh.`, detail: proof.said }, NEVER);
      case 'forbidden': {
        const message = `No command may be run in the pod ${pod.name} of namespace ${facts.question.namespace}.`;
        return failed('CHK004', { message, fix: proof.said }, NEVER);
      }
      case 'broken':
        // A pod that is being replaced cuts the command off; the next look finds its successor.
        return failed('CHK005', { message: `${where} gave no complete answer.`, detail: proof.said }, 20 * SECONDS);
      case 'answered':
        return toolJudgement(proof.answer.tool, where);
    }
  },
};

function toolJudgement(tool: (Facts['proof'] & { state: 'answered' })['answer']['tool'], where: string): Judgement {
  if (tool === 'none') return failed('CHK003', { message: `${where} has neither curl nor wget.` }, NEVER);
  return passed(tool === 'wget-busybox' ? 'BusyBox wget, which shows no text of errors' : tool);
}
