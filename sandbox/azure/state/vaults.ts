/** Vaults, those that are deleted but can be recovered included: a name is taken until its vault is purged. */
import type { SandboxCloud } from '../../clouds.ts';
import type { VaultSpec } from '../../scenario/types.ts';
import { systemClock, type Clock } from '../../kit/clock.ts';
import type { AccessPolicy } from './access-policies.ts';
import { rememberPolicies } from './policy-history.ts';
import { sameText } from './resource-id.ts';
import type { Secrets } from './secrets.ts';
import type { VaultSettings } from './vault-settings.ts';
import type { Resource, Tags } from './world.ts';

export interface Vault extends Resource {
  spec: VaultSpec;
  readonly tenantId: string;
  /** Host name: `name.vault.azure.net`. */
  readonly host: string;
  tags: Tags;
  settings: VaultSettings;
  policies: readonly AccessPolicy[];
  readonly secrets: Secrets;
  /** Its name is not known everywhere yet: until somebody looks at it. */
  registering?: boolean;
}

export interface DeletedVault {
  readonly vault: Vault;
  readonly deletionDate: Date;
  readonly scheduledPurgeDate: Date;
}

export interface Vaults {
  /** Without the deleted ones. */
  all(): readonly Vault[];
  deleted(): readonly DeletedVault[];
  /** The name is free in all of Azure or the caller's mistake. */
  add(vault: Vault): void;
  /** Keeps policies and secrets for as long as the vault says. */
  remove(vault: Vault): void;
  /** With the policies and secrets that it had. */
  recover(deleted: DeletedVault): Vault;
  /** For good. */
  purge(deleted: DeletedVault): void;
}

const day = 24 * 60 * 60 * 1000;

export function createVaults(initial: readonly Vault[], now: Clock = systemClock): Vaults {
  for (const vault of initial) rememberPolicies(vault, now);
  let alive = initial.filter(({ spec }) => !spec.deleted);
  let deleted = initial.filter(({ spec }) => spec.deleted).map((vault) => deletedAt(vault, now()));
  const purge = (gone: DeletedVault): void => {
    deleted = deleted.filter((each) => each !== gone);
  };
  return {
    all: () => alive,
    deleted: () => deleted,
    add: (vault) => {
      rememberPolicies(vault, now);
      alive = [...alive, vault];
    },
    remove: (vault) => {
      alive = alive.filter((each) => each !== vault);
      deleted = [...deleted, deletedAt(vault, now())];
    },
    recover: (found) => {
      purge(found);
      alive = [...alive, found.vault];
      return found.vault;
    },
    purge,
  };
}

function deletedAt(vault: Vault, milliseconds: number): DeletedVault {
  // The service gives whole seconds.
  const deletion = Math.floor(milliseconds / 1000) * 1000;
  const until = deletion + vault.spec.softDeleteRetentionInDays * day;
  return { vault, deletionDate: new Date(deletion), scheduledPurgeDate: new Date(until) };
}

/** The name that a vault answers to. */
export function vaultHost({ vaultSuffix }: SandboxCloud, name: string): string {
  return `${name.toLowerCase()}.${vaultSuffix}`;
}

/** Vault names are unique in all of Azure. */
export function deletedVaultNamed(vaults: Vaults, name: string): DeletedVault | undefined {
  return vaults.deleted().find(({ vault }) => sameText(vault.name, name));
}
