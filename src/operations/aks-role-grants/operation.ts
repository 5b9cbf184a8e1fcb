import { preload } from '../../azure/preload.ts';
import type { Operation } from '../shared/operation.ts';
import type { AksRoleGrantsInputName, AksRoleGrantsInputs } from './inputs.ts';
import { readAksRoleGrantsInputs } from './inputs.ts';

/** Grants Azure roles to the identity that a cluster and its pods use. */
export const aksRoleGrants: Operation<AksRoleGrantsInputs, AksRoleGrantsInputName> = {
  name: 'AksRoleGrants',
  readInputs: readAksRoleGrantsInputs,
  forCluster: (inputs, cluster) => ({ ...inputs, ...cluster }),
  load: async () => {
    const [{ aksRoleGrantsIntent }] = await Promise.all([
      import('./intent.ts'),
      preload('clusters', 'roleAssignments'),
    ]);
    return aksRoleGrantsIntent;
  },
};
