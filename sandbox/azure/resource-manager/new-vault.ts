/** A vault that did not exist, nowhere in Azure: names are global, and those of deleted vaults are taken. */
import { resourceId } from '../state/resource-id.ts';
import { createSecrets } from '../state/secrets.ts';
import { defaultVaultSettings } from '../state/vault-settings.ts';
import { vaultHost, type Vault } from '../state/vaults.ts';
import { requireNameNotDeleted } from './deleted-vaults.ts';
import { findGroup } from './lookup.ts';
import { ArmRefusal } from './refusal.ts';
import { param, type Call } from './route.ts';
import { isVaultName, isVaultThere } from './vault-names.ts';

const defaults: Omit<Vault['spec'], 'name'> = {
  rbac: false,
  accessPolicies: [],
  secrets: [],
  publicNetworkAccess: 'Enabled',
  deleted: false,
  purgeProtection: false,
  softDeleteRetentionInDays: 90,
};

/** Not yet among the world's. @throws ArmRefusal 400, 404, 409 */
export function newVault(call: Call, location: string): Vault {
  const name = param(call, 'name');
  requireName(call, name);
  const group = findGroup(call);
  const place = { subscriptionId: group.subscriptionId, resourceGroup: group.name, name };
  const vault: Vault = {
    ...place,
    id: resourceId(place, 'vault'),
    location,
    tenantId: call.caller.tenantId,
    host: vaultHost(call.world.cloud, name),
    spec: { ...defaults, name },
    settings: defaultVaultSettings,
    tags: {},
    policies: [],
    secrets: createSecrets([], () => vault.spec.softDeleteRetentionInDays),
    registering: true,
  };
  return vault;
}

function requireName(call: Call, name: string): void {
  if (!isVaultName(name)) {
    throw new ArmRefusal(
      400,
      'VaultNameNotValid',
      `The vault name '${name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens.`,
    );
  }
  requireNameNotDeleted(call);
  if (!isVaultThere(call.world.vaults, name)) return;
  throw new ArmRefusal(
    409,
    'VaultAlreadyExists',
    `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken.`,
  );
}
