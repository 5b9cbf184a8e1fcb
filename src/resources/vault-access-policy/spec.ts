import type { Vault } from '../../azure/vault.ts';
import type { VaultPermissions } from '../../azure/vault-permissions.ts';

/** Permissions that a principal should have by the access policies of a vault. */
export interface VaultAccessPolicySpec {
  readonly vault: Vault;
  /** Object id. */
  readonly principalId: string;
  readonly principalLabel: string;
  readonly permissions: VaultPermissions;
  /** Tenant of the principal. */
  readonly tenantId: string;
}
