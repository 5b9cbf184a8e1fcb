import type { Facts } from '../facts.ts';
import type { Judgement, Rule } from './rule.ts';
import { failed, NEVER, notReached, passed, SECONDS } from './rule.ts';

export const containerRule: Rule = {
  title: ({ proof }) =>
    isByContainer(proof) ? 'an ephemeral container can ask' : 'the container has a shell and curl or wget',
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
      case 'notAdded': {
        const message = `No ephemeral container could be added to the pod ${pod.name}.`;
        return failed('CHK006', { message, fix: proof.fix, detail: proof.said }, NEVER);
      }
      case 'notEnded': {
        const message = `The ephemeral container ${proof.container} (image ${proof.image}) of pod ${pod.name} did not come to its end.`;
        return failed('CHK007', { message, detail: proof.said }, NEVER);
      }
      case 'answered':
        return toolJudgement(proof.answer.tool, where, proof.by);
    }
  },
};

function isByContainer(proof: Facts['proof']): boolean {
  const ephemeral = proof?.state === 'answered' && proof.by !== undefined;
  return ephemeral || proof?.state === 'notAdded' || proof?.state === 'notEnded';
}

type Tool = (Facts['proof'] & { state: 'answered' })['answer']['tool'];

function toolJudgement(tool: Tool, where: string, by: string | undefined): Judgement {
  if (by !== undefined && tool !== 'none') return passed(by);
  if (tool === 'none') return failed('CHK003', { message: `${where} has neither curl nor wget.` }, NEVER);
  return passed(tool === 'wget-busybox' ? 'BusyBox wget, which shows no text of errors' : tool);
}
