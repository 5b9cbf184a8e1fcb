import type { ManagedIdentity } from '../../azure/aks-cluster.ts';
import { readCluster } from '../../azure/aks-cluster.ts';
import { findIdentity } from '../../azure/identity-lookup.ts';
import { preload } from '../../azure/preload.ts';
import type { Vault } from '../../azure/vault-lookup.ts';
import { findVault } from '../../azure/vault-lookup.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { Goal } from '../../engine/goal.ts';
import { goal } from '../../engine/goal.ts';
import { roleAssignments } from '../../resources/role-assignment/handler.ts';
import { vaultAccessPolicies } from '../../resources/vault-access-policy/handler.ts';
import type { Operation } from '../shared/operation.ts';
import type { Services } from '../shared/services.ts';
import { policySpec, roleSpec } from './goals.ts';
import type { KeyVaultGrantInputName, KeyVaultGrantInputs } from './inputs.ts';
import { readKeyVaultGrantInputs } from './inputs.ts';
import { networkNote } from './network-note.ts';

/** Lets an identity read the secrets of a key vault, by the permission model that the vault has. */
export const keyVaultGrant: Operation<KeyVaultGrantInputs, KeyVaultGrantInputName> = {
  name: 'KeyVaultGrant',
  readInputs: readKeyVaultGrantInputs,
  preload: () => preload('clusters', 'vaults'),
  intent: async (inputs, services) => {
    const [vault, identity] = await Promise.all([
      findVault(services.azure, inputs.vault),
      readIdentity(inputs, services),
    ]);
    const models = { rbac: 'Azure RBAC', accessPolicy: 'access policies' } as const;
    services.observer({
      type: 'note',
      text: `Key vault ${vault.name} (resource group ${vault.resourceGroup}) uses ${models[vault.model]}.`,
    });
    const note = networkNote(vault);
    if (note !== undefined && inputs.mode !== 'remove') services.observer({ type: 'note', text: note });
    return {
      mode: inputs.mode,
      goals: [grantGoal(inputs, vault, identity, services)],
      waits: [],
      outputs: { permissionModel: vault.model, vaultUri: vault.uri },
    };
  },
};

async function readIdentity({ cluster, identity }: KeyVaultGrantInputs, { azure }: Services): Promise<ManagedIdentity> {
  return findIdentity(azure, cluster ? await readCluster(azure, cluster) : undefined, identity);
}

function grantGoal(inputs: KeyVaultGrantInputs, vault: Vault, identity: ManagedIdentity, services: Services): Goal {
  const wanted = inputs.mode === 'remove' ? 'absent' : 'present';
  const { secretName } = inputs;
  if (vault.model === 'rbac') return goal(roleAssignments(services), roleSpec(vault, identity, inputs), { wanted });
  if (secretName !== undefined) {
    const message = `secretName is "${secretName}", but the key vault ${vault.name} uses access policies.`;
    throw new DiagnosticError('KVT002', { message });
  }
  const { tenantId } = services.azure.connection;
  return goal(vaultAccessPolicies(services), policySpec(vault, identity, { ...inputs, tenantId }), { wanted });
}
