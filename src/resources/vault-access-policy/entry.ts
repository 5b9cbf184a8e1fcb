import type { AccessPolicy } from '../../azure/vault.ts';
import type { VaultContent } from '../../azure/vault-permissions.ts';
import { vaultContents, vaultPermissions } from '../../azure/vault-permissions.ts';
import { sameIgnoringCase } from '../../runtime/text.ts';
import { heldBy } from './compare.ts';
import type { VaultAccessPolicySpec } from './spec.ts';

export type PolicyUpdate = 'add' | 'replace' | 'remove';

/** What `accessPolicies/{update}` is sent. */
export interface PolicyChange {
  readonly update: PolicyUpdate;
  readonly entry: {
    readonly tenantId: string;
    readonly objectId: string;
    readonly permissions: { secrets?: string[]; keys?: string[]; certificates?: string[]; storage?: string[] };
  };
}

/** `add` merges into the entry that is there, so only what is wanted is sent. */
export function grant({ tenantId, principalId, permissions }: VaultAccessPolicySpec): PolicyChange {
  const wanted = vaultContents
    .filter((content) => permissions[content].length > 0)
    .map((content) => [content, [...permissions[content]]] as const);
  return { update: 'add', entry: { tenantId, objectId: principalId, permissions: Object.fromEntries(wanted) } };
}

/** The entry without the permissions; undefined where it has none of them. */
export function without(spec: VaultAccessPolicySpec, entry: AccessPolicy | undefined): PolicyChange | undefined {
  if (!entry || vaultContents.every((content) => heldBy(entry, spec, content).length === 0)) return undefined;
  const rest = (content: VaultContent): string[] => {
    const taken = heldBy(entry, spec, content).map((permission) => permission.toLowerCase());
    return entry[content].filter((permission) => !taken.includes(permission)).map((name) => spelled(content, name));
  };
  const permissions = {
    secrets: rest('secrets'),
    keys: rest('keys'),
    certificates: rest('certificates'),
    storage: [...entry.storage],
  };
  const empty = Object.values(permissions).every((names) => names.length === 0);
  const { principalId, vault } = spec;
  return {
    update: empty ? 'remove' : 'replace',
    entry: { tenantId: vault.tenantId, objectId: principalId, permissions },
  };
}

/** As the service spells it: what was read is lower case. */
function spelled(content: VaultContent, name: string): string {
  return vaultPermissions[content].find((known) => sameIgnoringCase(known, name)) ?? name;
}
