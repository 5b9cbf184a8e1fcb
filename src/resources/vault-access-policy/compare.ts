import type { AccessPolicy } from '../../azure/vault-lookup.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Difference, Observed, Presence } from '../../engine/resource.ts';
import { sameIgnoringCase } from '../../runtime/text.ts';
import type { PolicyVault, VaultAccessPolicySpec } from './spec.ts';

/** Azure's limit for one vault. */
const MOST_POLICIES = 1024;

/** The entry of the principal alone; a compound entry (with an application id) never applies to a managed identity. */
export function plainEntry(policies: readonly AccessPolicy[], principalId: string): AccessPolicy | undefined {
  return policies.find((each) => each.applicationId === undefined && sameIgnoringCase(each.objectId, principalId));
}

export function compareVaultAccessPolicy(
  spec: VaultAccessPolicySpec,
  observed: Observed<AccessPolicy>,
  wanted: Presence,
): Difference {
  const have = observed.found ? observed.state.secrets : [];
  return wanted === 'absent' ? compareRemoval(spec, have) : compareGrant(spec, observed, have);
}

function compareGrant(
  spec: VaultAccessPolicySpec,
  observed: Observed<AccessPolicy>,
  have: readonly string[],
): Difference {
  const { vault, secretPermissions, tenantId } = spec;
  if (!sameIgnoringCase(vault.tenantId, tenantId)) {
    const message = `The key vault ${vault.name} belongs to tenant ${vault.tenantId}, the service connection to ${tenantId}.`;
    return { action: 'blocked', diagnostic: diagnostic('KVT003', { message }) };
  }
  const missing = secretPermissions.filter((permission) => !have.includes(permission) && !have.includes('all'));
  const compound = compoundNote(spec);
  if (missing.length === 0) return { action: 'none', note: ['exists', ...compound].join('; ') };
  if (!observed.found && isFull(vault)) {
    const message = `The key vault ${vault.name} already has ${String(vault.policies.length)} access policies.`;
    return { action: 'blocked', diagnostic: diagnostic('KVT004', { message }) };
  }
  if (!observed.found) return { action: 'create', ...noted(compound) };
  const to = [...have, ...missing].join(', ');
  return { action: 'update', fields: [{ field: 'secrets', from: have.join(', ') || 'none', to }], ...noted(compound) };
}

/** An entry for the same object and an application looks like a grant in the portal and is none for a managed identity. */
function compoundNote({ vault, principalId }: VaultAccessPolicySpec): readonly string[] {
  return vault.policies
    .filter((each) => each.applicationId !== undefined && sameIgnoringCase(each.objectId, principalId))
    .map(({ applicationId = '' }) => `the compound entry with application id ${applicationId} does not apply to it`);
}

function noted(notes: readonly string[]): { readonly note?: string } {
  return notes.length === 0 ? {} : { note: notes.join('; ') };
}

function isFull({ policies }: PolicyVault): boolean {
  return policies.length >= MOST_POLICIES;
}

function compareRemoval({ secretPermissions }: VaultAccessPolicySpec, have: readonly string[]): Difference {
  if (have.includes('all'))
    return { action: 'none', note: 'stays: the entry grants "all", which this task never sets' };
  const taken = secretPermissions.filter((permission) => have.includes(permission));
  if (taken.length === 0) return { action: 'none', note: 'not there' };
  const rest = have.filter((permission) => !taken.includes(permission));
  return {
    action: 'delete',
    note: rest.length === 0 ? 'no permission on secrets is left' : `keeps ${rest.join(', ')}`,
  };
}
