import type { ManagedIdentity } from '../../azure/aks-cluster.ts';
import { builtInRoles } from '../../azure/roles.ts';
import type { Vault } from '../../azure/vault-lookup.ts';
import type { RoleAssignmentSpec } from '../../resources/role-assignment/spec.ts';
import type { PolicyVault, VaultAccessPolicySpec } from '../../resources/vault-access-policy/spec.ts';
import type { SecretPermission } from './permissions.ts';
import { roleFor } from './permissions.ts';

export interface SecretGrant {
  readonly secretName: string | undefined;
  readonly secretPermissions: readonly SecretPermission[];
}

/** By Azure RBAC: on the vault, or on one secret only. */
export function roleSpec(
  vault: Vault,
  identity: ManagedIdentity,
  { secretName, secretPermissions }: SecretGrant,
): RoleAssignmentSpec {
  const roleName = roleFor(secretPermissions);
  const one = secretName === undefined ? '' : `/secrets/${secretName}`;
  return {
    scope: `${vault.resourceId}${one}`,
    scopeLabel: secretName === undefined ? `vault ${vault.name}` : `secret ${secretName} of vault ${vault.name}`,
    roleId: builtInRoles[roleName],
    roleName,
    principalId: identity.objectId,
    principalLabel: identity.name,
    subscriptionId: vault.subscriptionId,
    madeBy: `KeyVaultGrant for vault ${vault.name}`,
  };
}

/** By access policy: the permissions asked for and nothing else. */
export function policySpec(
  vault: PolicyVault,
  identity: ManagedIdentity,
  { secretPermissions, tenantId }: Pick<SecretGrant, 'secretPermissions'> & { readonly tenantId: string },
): VaultAccessPolicySpec {
  return { vault, principalId: identity.objectId, principalLabel: identity.name, secretPermissions, tenantId };
}
