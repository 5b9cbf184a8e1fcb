import type { builtInRoles } from '../../azure/roles.ts';
import type { VaultContent } from '../../azure/vault-permissions.ts';
import { vaultPermissions } from '../../azure/vault-permissions.ts';
import { listOf, sameIgnoringCase } from '../../runtime/text.ts';

/** Names separated by commas, in any letter case, or `none`; the text says what is allowed where one is unknown. */
export function parsePermissions(content: VaultContent, text: string): readonly string[] | string {
  if (text.trim().toLowerCase() === 'none') return [];
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const all: readonly string[] = vaultPermissions[content];
  const isKnown = (name: string): boolean => all.some((known) => sameIgnoringCase(known, name));
  if (names.length === 0 || !names.every(isKnown)) return `one or more of ${listOf(all)}, separated by commas, or none`;
  return all.filter((known) => names.some((name) => sameIgnoringCase(known, name)));
}

interface RoleChoice {
  /** What the narrower role carries, in words of access policies. */
  readonly use: readonly string[];
  readonly user: keyof typeof builtInRoles;
  readonly officer: keyof typeof builtInRoles;
}

/**
 * Source: Microsoft's reference of built-in roles and Key Vault's guide to Azure RBAC, which sets permissions beside
 * actions: Crypto User has read, update, backup and every operation with a key, Certificate User reads.
 */
const roles: Readonly<Record<VaultContent, RoleChoice>> = {
  secrets: { use: ['get', 'list'], user: 'Key Vault Secrets User', officer: 'Key Vault Secrets Officer' },
  keys: {
    use: ['get', 'list', 'update', 'backup', 'encrypt', 'decrypt', 'wrapKey', 'unwrapKey', 'sign', 'verify'],
    user: 'Key Vault Crypto User',
    officer: 'Key Vault Crypto Officer',
  },
  certificates: {
    use: ['get', 'list'],
    user: 'Key Vault Certificate User',
    officer: 'Key Vault Certificates Officer',
  },
};

/** The narrowest of the built-in roles for one kind of content that carries all permissions. */
export function roleFor(content: VaultContent, permissions: readonly string[]): keyof typeof builtInRoles {
  const { use, user, officer } = roles[content];
  return permissions.every((permission) => use.includes(permission)) ? user : officer;
}
