/** What a vault's owner sets and nothing in the sandbox acts upon: kept, so that whoever writes it can read it again. */
export interface VaultSettings {
  readonly sku: { readonly family: string; readonly name: string };
  readonly enabledForDeployment: boolean;
  readonly enabledForDiskEncryption?: boolean;
  readonly enabledForTemplateDeployment?: boolean;
}

export const defaultVaultSettings: VaultSettings = {
  sku: { family: 'A', name: 'standard' },
  enabledForDeployment: false,
};
