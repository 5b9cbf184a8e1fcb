/** Microsoft.KeyVault/vaults: the control plane. */
import { resourceTypes } from '../state/resource-id.ts';
import { policiesAt } from '../state/policy-history.ts';
import type { Vault } from '../state/vaults.ts';
import type { World } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { readRoutes } from './lookup.ts';
import { ok, param, type Call, type Route } from './route.ts';

export const vaultRoutes: readonly Route[] = [
  ...readRoutes('vault', versions.vaults, ({ world }) => world.vaults.all(), read),
  {
    // az asks for these whenever it lists vaults; the sandbox has none.
    method: 'GET',
    pattern: '/subscriptions/{subscription}/providers/Microsoft.KeyVault/managedHSMs',
    versions: versions.vaults,
    action: 'Microsoft.KeyVault/managedHSMs/read',
    handle: () => ok({ value: [] }),
  },
  {
    method: 'GET',
    pattern: '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.KeyVault/managedHSMs',
    versions: versions.vaults,
    action: 'Microsoft.KeyVault/managedHSMs/read',
    handle: () => ok({ value: [] }),
  },
];

/** Whoever looks at a new vault finds that its name is known. */
function read(vault: Vault, call: Call): object {
  if (param(call, 'name') !== '') vault.registering = false;
  return vaultBody(asRead(vault, call.world));
}

/** With its policies as they are known to those who read them. */
function asRead(vault: Vault, { now, delays }: World): Vault {
  const delay = delays.ofReads('vaults');
  return delay === 0 ? vault : { ...vault, policies: policiesAt(vault, now() - delay) };
}

export function vaultBody(vault: Vault): object {
  const { id, name, location, tenantId, host, spec, policies, tags, settings, registering } = vault;
  return {
    id,
    name,
    type: resourceTypes.vault,
    location,
    tags,
    properties: {
      ...settings,
      tenantId,
      ...(spec.networkAcls === undefined ? {} : { networkAcls: networkAcls(spec.networkAcls) }),
      accessPolicies: policies,
      enableSoftDelete: true,
      softDeleteRetentionInDays: spec.softDeleteRetentionInDays,
      ...(spec.purgeProtection ? { enablePurgeProtection: true } : {}),
      enableRbacAuthorization: spec.rbac,
      // Source: azure-cli's recording test_keyvault_rbac.yaml.
      ...(registering === true
        ? { vaultUri: `https://${host}`, provisioningState: 'RegisteringDns' }
        : { vaultUri: `https://${host}/`, provisioningState: 'Succeeded' }),
      publicNetworkAccess: spec.publicNetworkAccess,
    },
  };
}

function networkAcls({ defaultAction, ipRules, bypass }: NonNullable<Vault['spec']['networkAcls']>): object {
  return {
    bypass: bypass ?? 'None',
    defaultAction,
    ipRules: ipRules.map((value) => ({ value })),
    virtualNetworkRules: [],
  };
}
