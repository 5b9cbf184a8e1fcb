import { listOf } from '../../runtime/text.ts';

/** Permissions on secrets that an access policy can carry; `all` is left out, because it grants what comes later, too. */
const SECRET_PERMISSIONS = ['get', 'list', 'set', 'delete', 'backup', 'restore', 'recover', 'purge'] as const;

export type SecretPermission = (typeof SECRET_PERMISSIONS)[number];

/** What Key Vault Secrets User can do, in words of access policies (readMetadata lists). */
const READING: readonly SecretPermission[] = ['get', 'list'];

/** Names separated by commas, in any letter case; the text says what is allowed where one is unknown. */
export function parseSecretPermissions(text: string): readonly SecretPermission[] | string {
  const names = text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const known = SECRET_PERMISSIONS.filter((permission) => names.includes(permission));
  const wellFormed = names.length > 0 && names.every((name) => (known as readonly string[]).includes(name));
  return wellFormed ? known : `one or more of ${listOf(SECRET_PERMISSIONS)}, separated by commas`;
}

/** The narrowest built-in role that carries them all. Source: Key Vault's guide to roles, "Azure built-in roles". */
export function roleFor(
  permissions: readonly SecretPermission[],
): 'Key Vault Secrets User' | 'Key Vault Secrets Officer' {
  return permissions.every((permission) => READING.includes(permission))
    ? 'Key Vault Secrets User'
    : 'Key Vault Secrets Officer';
}
