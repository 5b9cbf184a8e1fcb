import type { Vault } from '../../azure/vault-lookup.ts';

export type PolicyVault = Extract<Vault, { readonly model: 'accessPolicy' }>;

/** Permissions on secrets that a principal should have by the access policies of a vault. */
export interface VaultAccessPolicySpec {
  readonly vault: PolicyVault;
  /** Object id. */
  readonly principalId: string;
  readonly principalLabel: string;
  /** Lower case. */
  readonly secretPermissions: readonly string[];
  /** Tenant of the principal. */
  readonly tenantId: string;
}
