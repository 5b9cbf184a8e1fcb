import { preload } from '../../azure/preload.ts';
import type { Operation } from '../shared/operation.ts';
import type { PodIdentityBindInputName, PodIdentityBindInputs } from './inputs.ts';
import { readPodIdentityBindInputs } from './inputs.ts';

/** Binds an identity to pods: AzureIdentity, AzureIdentityBinding, and the label that matches them. */
export const podIdentityBind: Operation<PodIdentityBindInputs, PodIdentityBindInputName> = {
  name: 'PodIdentityBind',
  readInputs: readPodIdentityBindInputs,
  load: async () => {
    const [{ podIdentityBindIntent }] = await Promise.all([import('./intent.ts'), preload('clusters')]);
    return podIdentityBindIntent;
  },
};
