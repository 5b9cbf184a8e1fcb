import type { ManagedIdentity } from '../../azure/aks-cluster.ts';
import { builtInRoles } from '../../azure/roles.ts';
import type { Vault } from '../../azure/vault-lookup.ts';
import type { RoleAssignmentSpec } from '../../resources/role-assignment/spec.ts';
import type { PolicyVault, VaultAccessPolicySpec } from '../../resources/vault-access-policy/spec.ts';

const ROLE = 'Key Vault Secrets User';

/** Reading secret values by Azure RBAC: on the vault, or on one secret only. */
export function roleSpec(vault: Vault, identity: ManagedIdentity, secretName: string | undefined): RoleAssignmentSpec {
  const one = secretName === undefined ? '' : `/secrets/${secretName}`;
  return {
    scope: `${vault.resourceId}${one}`,
    scopeLabel: secretName === undefined ? `vault ${vault.name}` : `secret ${secretName} of vault ${vault.name}`,
    roleId: builtInRoles[ROLE],
    roleName: ROLE,
    principalId: identity.objectId,
    principalLabel: identity.name,
    subscriptionId: vault.subscriptionId,
    madeBy: `KeyVaultGrant for vault ${vault.name}`,
  };
}

/** Reading secret values by access policy: `get` and nothing else. */
export function policySpec(vault: PolicyVault, identity: ManagedIdentity, tenantId: string): VaultAccessPolicySpec {
  return { vault, principalId: identity.objectId, principalLabel: identity.name, secretPermissions: ['get'], tenantId };
}
