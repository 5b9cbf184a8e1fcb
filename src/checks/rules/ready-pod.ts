import type { Rule } from './rule.ts';
import { AS_LONG_AS_IT_TAKES, failed, NEVER, passed } from './rule.ts';

export const readyPodRule: Rule = {
  title: ({ question }) => `a ready pod of ${question.pods} was found`,
  judge: ({ pod, question }) => {
    if (pod.found) return passed(`${pod.name} on node ${pod.node}, container ${pod.container}`);
    if (pod.name !== undefined && !pod.hopeless) {
      const where = pod.node === undefined || pod.node === '' ? 'no node' : `node ${pod.node}`;
      const message = `The pod ${pod.name} on ${where} is not ready: ${pod.measured}.`;
      return failed('CHK001', { message }, AS_LONG_AS_IT_TAKES);
    }
    const message = `No ready pod of ${question.pods} in namespace ${question.namespace}: ${pod.measured}.`;
    return failed('CHK001', { message }, pod.hopeless ? NEVER : AS_LONG_AS_IT_TAKES);
  },
};
