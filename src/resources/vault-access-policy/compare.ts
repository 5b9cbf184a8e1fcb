import type { AccessPolicy } from '../../azure/vault.ts';
import type { VaultContent } from '../../azure/vault-permissions.ts';
import { vaultContents } from '../../azure/vault-permissions.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Difference, FieldChange, Observed, Presence } from '../../engine/resource.ts';
import { sameIgnoringCase } from '../../runtime/text.ts';
import type { VaultAccessPolicySpec } from './spec.ts';

/** Azure's limit for one vault. */
const MOST_POLICIES = 1024;

/** The entry of the principal alone; a compound entry (with an application id) never applies to a managed identity. */
export function plainEntry(policies: readonly AccessPolicy[], principalId: string): AccessPolicy | undefined {
  return policies.find((each) => each.applicationId === undefined && sameIgnoringCase(each.objectId, principalId));
}

/** Wanted permissions of one kind that an entry lacks; undefined stands for no entry. */
export function missingFrom(
  entry: AccessPolicy | undefined,
  { permissions }: VaultAccessPolicySpec,
  content: VaultContent,
): readonly string[] {
  const have = entry?.[content] ?? [];
  if (have.includes('all')) return [];
  return permissions[content].filter((permission) => !have.includes(permission.toLowerCase()));
}

/** Wanted permissions of one kind that an entry has by their names; `all` is never taken apart. */
export function heldBy(
  entry: AccessPolicy | undefined,
  { permissions }: VaultAccessPolicySpec,
  content: VaultContent,
): readonly string[] {
  const have = entry?.[content] ?? [];
  if (have.includes('all')) return [];
  return permissions[content].filter((permission) => have.includes(permission.toLowerCase()));
}

export function compareVaultAccessPolicy(
  spec: VaultAccessPolicySpec,
  observed: Observed<AccessPolicy>,
  wanted: Presence,
): Difference {
  const entry = observed.found ? observed.state : undefined;
  if (wanted === 'absent') return compareRemoval(spec, entry);
  if (spec.vault.model === 'rbac') return { action: 'none', note: idleNote(entry) };
  return compareGrant(spec, entry);
}

function idleNote(entry: AccessPolicy | undefined): string {
  const holds = vaultContents.flatMap((content) => keeps(content, entry, []));
  const has = holds.length === 0 ? '' : `; the entry has ${holds.join('; ')}`;
  return `does not count: the vault uses Azure RBAC${has}`;
}

function compareGrant(spec: VaultAccessPolicySpec, entry: AccessPolicy | undefined): Difference {
  const { vault, tenantId } = spec;
  if (!sameIgnoringCase(vault.tenantId, tenantId)) {
    const message = `The key vault ${vault.name} belongs to tenant ${vault.tenantId}, the service connection to ${tenantId}.`;
    return { action: 'blocked', diagnostic: diagnostic('KVT003', { message }) };
  }
  const fields = vaultContents.flatMap((content) => added(content, entry, missingFrom(entry, spec, content)));
  const compound = compoundNote(spec);
  if (fields.length === 0) return { action: 'none', note: ['exists', ...compound].join('; ') };
  if (entry) return { action: 'update', fields, ...noted(compound) };
  if (vault.policies.length >= MOST_POLICIES) {
    const message = `The key vault ${vault.name} already has ${String(vault.policies.length)} access policies.`;
    return { action: 'blocked', diagnostic: diagnostic('KVT004', { message }) };
  }
  return { action: 'create', ...noted(compound) };
}

function added(
  content: VaultContent,
  entry: AccessPolicy | undefined,
  missing: readonly string[],
): readonly FieldChange[] {
  if (missing.length === 0) return [];
  const have = entry?.[content] ?? [];
  return [{ field: content, from: have.join(', ') || 'none', to: [...have, ...missing].join(', ') }];
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

function compareRemoval(spec: VaultAccessPolicySpec, entry: AccessPolicy | undefined): Difference {
  const taken = vaultContents.some((content) => heldBy(entry, spec, content).length > 0);
  if (!taken) return { action: 'none', note: whyNothing(spec, entry) };
  const rest = vaultContents.flatMap((content) => keeps(content, entry, heldBy(entry, spec, content)));
  const left =
    rest.length === 0 ? 'no permission on secrets, keys or certificates is left' : `keeps ${rest.join('; ')}`;
  const model = spec.vault.model === 'rbac' ? ['did not count: the vault uses Azure RBAC'] : [];
  return { action: 'delete', note: [left, ...model].join('; ') };
}

function whyNothing({ permissions }: VaultAccessPolicySpec, entry: AccessPolicy | undefined): string {
  const all = vaultContents.some((content) => permissions[content].length > 0 && entry?.[content].includes('all'));
  return all ? 'stays: the entry grants "all", which this task never sets' : 'not there';
}

function keeps(content: VaultContent, entry: AccessPolicy | undefined, taken: readonly string[]): readonly string[] {
  const lost = taken.map((permission) => permission.toLowerCase());
  const rest = (entry?.[content] ?? []).filter((permission) => !lost.includes(permission));
  return rest.length === 0 ? [] : [`${content} ${rest.join(', ')}`];
}
