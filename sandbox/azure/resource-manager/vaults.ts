/** Microsoft.KeyVault/vaults: the control plane. */
import { notImitated, type SandboxResponse } from '../../kit/http-server.ts';
import { resourceTypes } from '../state/resource-id.ts';
import type { Vault } from '../state/vaults.ts';
import { versions } from './api-versions.ts';
import { recoverVault, requireNameNotDeleted } from './deleted-vaults.ts';
import { readRoutes } from './lookup.ts';
import { ok, type Call, type Route } from './route.ts';
import { shapedFor } from './shapes.ts';

export const vaultRoutes: readonly Route[] = [
  ...readRoutes('vault', versions.vaults, ({ world }) => world.vaults.all(), vaultBody),
  {
    method: 'PUT',
    pattern: `/subscriptions/{subscription}/resourceGroups/{group}/providers/${resourceTypes.vault}/{name}`,
    versions: versions.vaults,
    action: `${resourceTypes.vault}/write`,
    handle: put,
  },
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

function put(call: Call): SandboxResponse {
  const { properties } = (call.body ?? {}) as { readonly properties?: { readonly createMode?: unknown } };
  if (properties?.createMode === 'recover') return ok(shapedFor(call, 'vault', vaultBody(recoverVault(call))));
  requireNameNotDeleted(call);
  return notImitated(`PUT ${call.path}`, 'sandbox/azure/resource-manager/vaults.ts');
}

export function vaultBody({ id, name, location, tenantId, host, spec, policies }: Vault): object {
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
      softDeleteRetentionInDays: spec.softDeleteRetentionInDays,
      ...(spec.purgeProtection ? { enablePurgeProtection: true } : {}),
      enableRbacAuthorization: spec.rbac,
      vaultUri: `https://${host}/`,
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
