import { preload } from '../../azure/preload.ts';
import type { Operation } from '../shared/operation.ts';
import type { KeyVaultGrantInputName, KeyVaultGrantInputs } from './inputs.ts';
import { readKeyVaultGrantInputs } from './inputs.ts';

/** Gives an identity permissions in a key vault, by the permission model that the vault has. */
export const keyVaultGrant: Operation<KeyVaultGrantInputs, KeyVaultGrantInputName> = {
  name: 'KeyVaultGrant',
  readInputs: readKeyVaultGrantInputs,
  forCluster: (inputs, cluster) => ({ ...inputs, cluster, resourceGroup: cluster.resourceGroup }),
  load: async () => {
    const [{ keyVaultGrantIntent }] = await Promise.all([import('./intent.ts'), preload('clusters', 'vaults')]);
    return keyVaultGrantIntent;
  },
};
