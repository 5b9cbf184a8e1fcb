import type { Rule } from './rule.ts';
import { AS_LONG_AS_IT_TAKES, failed, NEVER, passed } from './rule.ts';

export const readyPodRule: Rule = {
  title: ({ question }) => `a ready pod of ${question.pods} was found`,
  judge: ({ pod, question }) => {
    if (pod.found) return passed(`${pod.name} on node ${pod.node}, container ${pod.container}`);
    const message = `No ready pod of ${question.pods} in namespace ${question.namespace}: ${pod.measured}.`;
    return failed('CHK001', { message }, pod.hopeless ? NEVER : AS_LONG_AS_IT_TAKES);
  },
};
