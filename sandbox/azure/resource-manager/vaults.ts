/** Microsoft.KeyVault/vaults: the control plane. */
import { resourceTypes } from '../state/resource-id.ts';
import type { Vault } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { readRoutes } from './lookup.ts';
import { ok, type Route } from './route.ts';

export const vaultRoutes: readonly Route[] = [
  ...readRoutes('vault', versions.vaults, ({ world }) => world.vaults, vaultBody),
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

function vaultBody({ id, name, location, tenantId, spec, policies }: Vault): object {
  return {
    id,
    name,
    type: resourceTypes.vault,
    location,
    tags: {},
    properties: {
      sku: { family: 'A', name: 'standard' },
      tenantId,
      ...(spec.networkAcls === undefined ? {} : { networkAcls: networkAcls(spec.networkAcls) }),
      accessPolicies: policies,
      enabledForDeployment: false,
      enableSoftDelete: true,
      softDeleteRetentionInDays: 90,
      enableRbacAuthorization: spec.rbac,
      vaultUri: `https://${name.toLowerCase()}.vault.azure.net/`,
      provisioningState: 'Succeeded',
      publicNetworkAccess: spec.publicNetworkAccess,
    },
  };
}

function networkAcls({ defaultAction, ipRules }: NonNullable<Vault['spec']['networkAcls']>): object {
  return {
    bypass: 'None',
    defaultAction,
    ipRules: ipRules.map((value) => ({ value })),
    virtualNetworkRules: [],
  };
}
