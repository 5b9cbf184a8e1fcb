/** The access policies of one vault: at most one entry per object id and application id. */
import { sameText } from './resource-id.ts';

export interface AccessPolicy {
  readonly tenantId: string;
  readonly objectId: string;
  /** Set on compound entries: the user on whose behalf this application acts. */
  readonly applicationId?: string;
  readonly permissions: Permissions;
}

export const permissionKinds = ['keys', 'secrets', 'certificates', 'storage'] as const;
export type PermissionKind = (typeof permissionKinds)[number];
export type Permissions = Partial<Readonly<Record<PermissionKind, readonly string[]>>>;

export type PolicyOperation = 'add' | 'replace' | 'remove';

/** Source of the number: Key Vault service limits. */
export const maximumPolicies = 1024;

/** `add` merges permissions, `replace` puts the entry in the old one's place, `remove` drops it. Other entries stay as they are. */
export function changePolicies(
  before: readonly AccessPolicy[],
  operation: PolicyOperation,
  changes: readonly AccessPolicy[],
): readonly AccessPolicy[] {
  let after = before;
  for (const change of changes) after = changeOne(after, operation, change);
  return after;
}

function changeOne(
  before: readonly AccessPolicy[],
  operation: PolicyOperation,
  change: AccessPolicy,
): readonly AccessPolicy[] {
  if (operation === 'remove') return before.filter((policy) => !samePrincipal(policy, change));
  if (!before.some((policy) => samePrincipal(policy, change))) return [...before, change];
  return before.map((policy) => {
    if (!samePrincipal(policy, change)) return policy;
    return operation === 'replace'
      ? change
      : { ...policy, permissions: merged(policy.permissions, change.permissions) };
  });
}

export function samePrincipal(
  left: Pick<AccessPolicy, 'objectId' | 'applicationId'>,
  right: Pick<AccessPolicy, 'objectId' | 'applicationId'>,
): boolean {
  return sameText(left.objectId, right.objectId) && sameText(left.applicationId ?? '', right.applicationId ?? '');
}

function merged(left: Permissions, right: Permissions): Permissions {
  return Object.fromEntries(
    permissionKinds
      .filter((kind) => left[kind] !== undefined || right[kind] !== undefined)
      .map((kind) => [kind, union(left[kind] ?? [], right[kind] ?? [])]),
  );
}

function union(left: readonly string[], right: readonly string[]): readonly string[] {
  return [...left, ...right.filter((name) => !left.some((known) => sameText(known, name)))];
}
