/**
 * Names that an access policy can carry, as the service spells them; `all` is left out, because it grants what comes
 * later, too. Source: SecretPermissions, KeyPermissions and CertificatePermissions of the specification of Key Vault.
 */
export const vaultPermissions = {
  secrets: ['get', 'list', 'set', 'delete', 'backup', 'restore', 'recover', 'purge'],
  keys: [
    'get',
    'list',
    'update',
    'create',
    'import',
    'delete',
    'recover',
    'backup',
    'restore',
    'decrypt',
    'encrypt',
    'unwrapKey',
    'wrapKey',
    'verify',
    'sign',
    'purge',
    'release',
    'rotate',
    'getrotationpolicy',
    'setrotationpolicy',
  ],
  certificates: [
    'get',
    'list',
    'delete',
    'create',
    'import',
    'update',
    'managecontacts',
    'getissuers',
    'listissuers',
    'setissuers',
    'deleteissuers',
    'manageissuers',
    'recover',
    'purge',
    'backup',
    'restore',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What a vault holds that permissions are given for. */
export type VaultContent = keyof typeof vaultPermissions;

export const vaultContents: readonly VaultContent[] = ['secrets', 'keys', 'certificates'];

/** Permissions for each kind of content; an empty list asks for nothing. */
export type VaultPermissions = Readonly<Record<VaultContent, readonly string[]>>;
