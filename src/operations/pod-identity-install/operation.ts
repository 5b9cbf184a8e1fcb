import { preload } from '../../azure/preload.ts';
import type { Operation } from '../shared/operation.ts';
import type { PodIdentityInstallInputName, PodIdentityInstallInputs } from './inputs.ts';
import { readPodIdentityInstallInputs } from './inputs.ts';

/** Installs AAD Pod Identity in standard mode, or takes away what it installed. */
export const podIdentityInstall: Operation<PodIdentityInstallInputs, PodIdentityInstallInputName> = {
  name: 'PodIdentityInstall',
  readInputs: readPodIdentityInstallInputs,
  load: async () => {
    const [{ podIdentityInstallIntent }] = await Promise.all([import('./intent.ts'), preload('clusters')]);
    return podIdentityInstallIntent;
  },
};
