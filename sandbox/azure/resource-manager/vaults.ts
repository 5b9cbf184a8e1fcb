/** Microsoft.KeyVault/vaults: the control plane. */
import { resourceTypes } from '../state/resource-id.ts';
import type { Vault } from '../state/vaults.ts';
import { versions } from './api-versions.ts';
import { readRoutes } from './lookup.ts';
import { ok, type Route } from './route.ts';

export const vaultRoutes: readonly Route[] = [
  ...readRoutes('vault', versions.vaults, ({ world }) => world.vaults.all(), vaultBody),
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

export function vaultBody({ id, name, location, tenantId, host, spec, policies, tags, settings }: Vault): object {
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
      vaultUri: `https://${host}/`,
      provisioningState: 'Succeeded',
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
