import type { Grantee } from '../../azure/aks-cluster.ts';
import { builtInRoles } from '../../azure/roles.ts';
import type { Vault } from '../../azure/vault.ts';
import type { VaultContent, VaultPermissions } from '../../azure/vault-permissions.ts';
import { vaultContents } from '../../azure/vault-permissions.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { RoleAssignmentSpec } from '../../resources/role-assignment/spec.ts';
import type { VaultAccessPolicySpec } from '../../resources/vault-access-policy/spec.ts';
import { sameIgnoringCase } from '../../runtime/text.ts';
import { roleFor } from './permissions.ts';

export interface VaultGrant {
  readonly secretName: string | undefined;
  readonly permissions: VaultPermissions;
  /** Tenant of the identity. */
  readonly tenantId: string;
}

/** By Azure RBAC: one role for each kind of content, on the vault, or on one secret only. */
export function roleSpecs(vault: Vault, identity: Grantee, asked: VaultGrant): readonly RoleAssignmentSpec[] {
  return vaultContents
    .filter((content) => asked.permissions[content].length > 0)
    .map((content) => roleSpec(vault, identity, asked, content));
}

function roleSpec(
  vault: Vault,
  identity: Grantee,
  { secretName, permissions, tenantId }: VaultGrant,
  content: VaultContent,
): RoleAssignmentSpec {
  const roleName = roleFor(content, permissions[content]);
  const one = secretName === undefined ? '' : `/secrets/${secretName}`;
  const message = `The key vault ${vault.name} belongs to tenant ${vault.tenantId}, the service connection to ${tenantId}.`;
  const foreign = !sameIgnoringCase(vault.tenantId, tenantId);
  return {
    scope: `${vault.resourceId}${one}`,
    scopeLabel: secretName === undefined ? `vault ${vault.name}` : `secret ${secretName} of vault ${vault.name}`,
    roleId: builtInRoles[roleName],
    roleName,
    principalId: identity.objectId,
    principalLabel: identity.name,
    subscriptionId: vault.subscriptionId,
    madeBy: `KeyVaultGrant for vault ${vault.name}`,
    ...(foreign ? { obstacle: { diagnostic: diagnostic('KVT003', { message }), evenIfThere: false } } : {}),
  };
}

/** By access policy: the permissions asked for and nothing else. */
export function policySpec(
  vault: Vault,
  identity: Grantee,
  { permissions, tenantId }: VaultGrant,
): VaultAccessPolicySpec {
  return { vault, principalId: identity.objectId, principalLabel: identity.name, permissions, tenantId };
}
