import { preload } from '../../azure/preload.ts';
import type { Operation } from '../shared/operation.ts';
import type { IdentityDoctorInputName, IdentityDoctorInputs } from './inputs.ts';
import { readIdentityDoctorInputs } from './inputs.ts';

/** Follows the chain from the service connection to the secret and names the link that is broken. Changes nothing. */
export const identityDoctor: Operation<IdentityDoctorInputs, IdentityDoctorInputName> = {
  name: 'IdentityDoctor',
  readOnly: true,
  readInputs: readIdentityDoctorInputs,
  load: async () => {
    const [{ identityDoctorIntent }] = await Promise.all([import('./intent.ts'), preload('clusters')]);
    return identityDoctorIntent;
  },
};
