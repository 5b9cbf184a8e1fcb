/** All state as plain JSON, for assertions and summaries. Never a secret's value. */
import type { VaultSpec } from '../scenario/types.ts';
import type { AccessPolicy } from './state/access-policies.ts';
import { sameText } from './state/resource-id.ts';
import type { VaultSettings } from './state/vault-settings.ts';
import type { Tags, World } from './state/world.ts';

export interface AzureSnapshot {
  /** Sorted by scope, then role, then principal. */
  readonly roleAssignments: readonly {
    readonly name: string;
    readonly scope: string;
    /** Role by name. */
    readonly role: string;
    readonly roleId: string;
    readonly principalId: string;
    readonly principalType: string;
    readonly description?: string;
  }[];
  readonly identities: readonly {
    readonly id: string;
    readonly name: string;
    readonly principalId: string;
    readonly tags: Tags;
  }[];
  readonly vaults: readonly {
    readonly id: string;
    readonly name: string;
    readonly rbac: boolean;
    readonly tags: Tags;
    /** What its owner may change besides. */
    readonly settings: VaultSettings &
      Pick<VaultSpec, 'publicNetworkAccess' | 'networkAcls' | 'softDeleteRetentionInDays' | 'purgeProtection'>;
    readonly accessPolicies: readonly AccessPolicy[];
    /** Names and how many versions there are. */
    readonly secrets: readonly { readonly name: string; readonly versions: number }[];
  }[];
  readonly scaleSets: readonly {
    readonly id: string;
    readonly name: string;
    readonly identities: readonly string[];
  }[];
}

/** A copy: later changes do not show in it. */
export function takeSnapshot({ assignments, roles, identities, vaults, scaleSets }: World): AzureSnapshot {
  const snapshot: AzureSnapshot = {
    roleAssignments: assignments
      .all()
      .map(({ name, scope, roleId, principalId, principalType, description }) => ({
        name,
        scope,
        role: roles.find(({ id }) => sameText(id, roleId))?.name ?? roleId,
        roleId,
        principalId,
        principalType,
        ...(description === undefined ? {} : { description }),
      }))
      .sort((left, right) => sortKey(left).localeCompare(sortKey(right))),
    identities: identities.map(({ id, name, principalId, tags }) => ({ id, name, principalId, tags })),
    vaults: vaults.all().map(({ id, name, spec, tags, settings, policies, secrets }) => ({
      id,
      name,
      rbac: spec.rbac,
      tags,
      settings: { ...settings, ...ownersChoice(spec) },
      accessPolicies: policies,
      secrets: secrets.all().map((secret) => ({ name: secret.name, versions: secret.versions.length })),
    })),
    scaleSets: scaleSets.map(({ id, name, identities }) => ({ id, name, identities })),
  };
  return structuredClone(snapshot);
}

function ownersChoice(spec: VaultSpec): Omit<AzureSnapshot['vaults'][number]['settings'], keyof VaultSettings> {
  const { publicNetworkAccess, networkAcls, softDeleteRetentionInDays, purgeProtection } = spec;
  const choice = { publicNetworkAccess, softDeleteRetentionInDays, purgeProtection };
  return networkAcls === undefined ? choice : { ...choice, networkAcls };
}

function sortKey({ scope, role, principalId }: AzureSnapshot['roleAssignments'][number]): string {
  return [scope.toLowerCase(), role, principalId].join(' ');
}
