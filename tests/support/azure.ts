import type { AksCluster, ManagedIdentity } from '../../src/azure/aks-cluster.ts';

const subscriptionId = '11111111-2222-3333-4444-555555555555';
const nodeGroup = 'MC_rg_aks_we';

function identityId(group: string, name: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
}

export function anIdentity(name: string, group = nodeGroup): ManagedIdentity {
  return { name, resourceId: identityId(group, name), clientId: `client-of-${name}`, objectId: `object-of-${name}` };
}

export function aCluster(overrides: Partial<AksCluster> = {}): AksCluster {
  return {
    name: 'aks-1',
    resourceId: `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-1`,
    subscriptionId,
    resourceGroup: 'rg',
    nodeResourceGroup: nodeGroup,
    nodeResourceGroupScope: `/subscriptions/${subscriptionId}/resourceGroups/${nodeGroup}`,
    rbac: true,
    kubeletIdentity: anIdentity('aks-1-agentpool'),
    nodeGroupLocked: false,
    networkPlugin: 'azure',
    podIdentityAddon: false,
    localAccountsDisabled: false,
    entra: false,
    apiServerRestricted: false,
    runCommandDisabled: false,
    powerState: 'Running',
    provisioningState: 'Succeeded',
    kubernetesVersion: '1.33.2',
    ...overrides,
  };
}
