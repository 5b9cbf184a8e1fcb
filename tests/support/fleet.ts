/** Worlds with many clusters that only Azure knows: no Kubernetes API runs for them. */
import { parseScenario } from '../../sandbox/scenario/load.ts';
import type { Scenario } from '../../sandbox/scenario/types.ts';

export interface FleetSize {
  readonly groups: number;
  /** In each group. */
  readonly clusters: number;
  /** In a subscription of its own, which the connection sees but is not made for: as many groups and clusters again. */
  readonly elsewhere?: FleetSize;
}

/** What names the connection and three grants for each cluster: two of the preset and one of its own. */
export const fleetInputs = {
  azureSubscription: 'azure-conn',
  preset: 'podIdentity',
  grants: 'Reader @ {clusterResourceGroup}',
} as const;

const actions = [
  'Microsoft.ContainerService/managedClusters/read',
  'Microsoft.Authorization/roleAssignments/read',
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleAssignments/delete',
  'Microsoft.Authorization/roleDefinitions/read',
  'Microsoft.ManagedIdentity/userAssignedIdentities/read',
  'Microsoft.KeyVault/vaults/read',
  'Microsoft.KeyVault/vaults/accessPolicies/write',
];

/** `rg-fleet-00/aks-00-000`, `rg-fleet-00/aks-00-001`, ...; kvfleet has access policies, kvfleetroles has roles. */
export function fleetScenario(size: FleetSize): Scenario {
  const scenario = {
    tenants: [{ name: 'contoso', applications: [{ name: 'azure-pipelines' }] }],
    subscriptions: [
      subscription('Fleet', groupsOf(size, ''), [{ name: 'kvfleet' }, { name: 'kvfleetroles', rbac: true }]),
      ...(size.elsewhere ? [subscription('Elsewhere', groupsOf(size.elsewhere, 'x'), [])] : []),
    ],
    serviceConnections: [
      { name: 'azure-conn', kind: 'AzureRM', application: 'azure-pipelines', subscription: 'Fleet' },
    ],
  };
  return parseScenario(JSON.stringify(scenario));
}

function subscription(name: string, resourceGroups: readonly object[], vaults: readonly object[]): object {
  return {
    name,
    tenant: 'contoso',
    customRoles: [{ name: `Fleet deployer ${name}`, actions }],
    roleAssignments: [{ role: `Fleet deployer ${name}`, principal: 'azure-pipelines', scope: '{subscription}' }],
    resourceGroups: [{ name: `rg-vaults-${name.toLowerCase()}`, location: 'westeurope', vaults }, ...resourceGroups],
  };
}

function groupsOf({ groups, clusters }: FleetSize, mark: string): readonly object[] {
  return Array.from({ length: groups }, (_none, group) => {
    const names = Array.from({ length: clusters }, (_nothing, index) => clusterName(group, index, mark));
    const nodeGroupOf = (name: string): string => `MC_${groupName(group, mark)}_${name}`;
    return [
      {
        name: groupName(group, mark),
        location: 'westeurope',
        clusters: names.map((name) => ({
          name,
          nodeResourceGroup: nodeGroupOf(name),
          kubeletIdentity: `${nodeGroupOf(name)}/${name}-agentpool`,
          apiServer: false,
        })),
      },
      ...names.map((name) => ({
        name: nodeGroupOf(name),
        location: 'westeurope',
        identities: [{ name: `${name}-agentpool` }],
      })),
    ];
  }).flat();
}

export function groupName(group: number, mark = ''): string {
  return `rg-fleet-${mark}${String(group).padStart(2, '0')}`;
}

export function clusterName(group: number, index: number, mark = ''): string {
  return `aks-${mark}${String(group).padStart(2, '0')}-${String(index).padStart(3, '0')}`;
}
