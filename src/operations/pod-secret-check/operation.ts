import type { Operation } from '../shared/operation.ts';
import type { PodSecretCheckInputName, PodSecretCheckInputs } from './inputs.ts';
import { readPodSecretCheckInputs } from './inputs.ts';

/** Proves from inside a pod that it can read a secret; the value stays there. Changes nothing. */
export const podSecretCheck: Operation<PodSecretCheckInputs, PodSecretCheckInputName> = {
  name: 'PodSecretCheck',
  readOnly: true,
  readInputs: readPodSecretCheckInputs,
  load: async () => (await import('./intent.ts')).podSecretCheckIntent,
};
