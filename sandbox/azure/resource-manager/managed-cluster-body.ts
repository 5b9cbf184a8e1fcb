/** A managed cluster as the service writes it. Spelling of `type` and `resourcegroups`: recordings of azure-cli. */
import { signsInWithEntra } from '../../scenario/entra-clusters.ts';
import { stableGuid } from '../../scenario/ids.ts';
import type { NodeSpec } from '../../scenario/types.ts';
import { etagOf } from '../state/cluster-changes.ts';
import { systemIdentityOf } from '../state/principals.ts';
import { groupId, withLowerCaseGroups } from '../state/resource-id.ts';
import type { Cluster, World } from '../state/world.ts';

export interface ClusterBody {
  readonly [name: string]: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
}

export function clusterBody(cluster: Cluster, { operations }: Pick<World, 'operations'>): ClusterBody {
  const { id, name, location, spec, changes } = cluster;
  const operation = changes.operation === undefined ? undefined : operations.find(changes.operation);
  return {
    id: withLowerCaseGroups(id),
    location,
    name,
    type: 'Microsoft.ContainerService/ManagedClusters',
    ...(Object.keys(spec.tags ?? {}).length === 0 ? {} : { tags: spec.tags }),
    ...(changes.tags ? { tags: changes.tags } : {}),
    properties: {
      ...properties(cluster),
      ...changes.properties,
      ...(operation ? { provisioningState: operation.endTime ? operation.status : 'Updating' } : {}),
    },
    ...(spec.identityType === 'None' ? {} : { identity: controlPlaneIdentity(cluster) }),
    sku: { name: 'Base', tier: 'Standard' },
    eTag: etagOf(id, changes),
  };
}

function properties(cluster: Cluster): ClusterBody['properties'] {
  const { id, name, subscriptionId, resourceGroup, location, spec } = cluster;
  const dnsPrefix = `${name}-${stableGuid('dns', id).slice(0, 8)}`;
  return {
    provisioningState: spec.provisioningState,
    powerState: { code: spec.powerState },
    kubernetesVersion: spec.kubernetesVersion,
    currentKubernetesVersion: spec.kubernetesVersion,
    dnsPrefix,
    fqdn: `${dnsPrefix}.hcp.${location}.azmk8s.io`,
    agentPoolProfiles: agentPools(cluster),
    servicePrincipalProfile: { clientId: spec.identityType === 'None' ? stableGuid('service principal', id) : 'msi' },
    nodeResourceGroup: spec.nodeResourceGroup,
    nodeResourceGroupProfile: { restrictionLevel: spec.nodeRestriction },
    enableRBAC: spec.enableRbac,
    supportPlan: 'KubernetesOfficial',
    networkProfile: {
      networkPlugin: spec.networkPlugin,
      networkDataplane: 'azure',
      loadBalancerSku: 'standard',
      outboundType: 'loadBalancer',
      ipFamilies: ['IPv4'],
    },
    ...(spec.podIdentityAddon
      ? { podIdentityProfile: { enabled: true, allowNetworkPluginKubenet: spec.networkPlugin === 'kubenet' } }
      : {}),
    ...kubeletProfile(cluster),
    ...entraProfile(cluster),
    ...apiServerAccess(cluster),
    disableLocalAccounts: spec.disableLocalAccounts,
    securityProfile: {},
    oidcIssuerProfile: { enabled: false },
    storageProfile: { diskCSIDriver: { enabled: true }, fileCSIDriver: { enabled: true } },
    resourceUID: stableGuid('uid', groupId(subscriptionId, resourceGroup), name).replaceAll('-', '').slice(0, 24),
  };
}

function entraProfile({ spec, tenantId }: Cluster): object {
  if (!signsInWithEntra(spec)) return {};
  const enableAzureRBAC = spec.entra === 'azureRbac';
  return { aadProfile: { managed: true, enableAzureRBAC, adminGroupObjectIDs: [], tenantID: tenantId } };
}

function apiServerAccess(cluster: Cluster): object {
  const { privateCluster, disableRunCommand } = cluster.spec;
  if (!privateCluster && !disableRunCommand) return {};
  const apiServerAccessProfile = {
    ...(privateCluster ? { enablePrivateCluster: true, privateDNSZone: 'system' } : {}),
    ...(disableRunCommand ? { disableRunCommand } : {}),
  };
  return { apiServerAccessProfile, ...(privateCluster ? { privateFQDN: privateName(cluster) } : {}) };
}

/** The name of a private cluster's API server, which only its virtual network resolves. */
export function privateName({ id, name, location }: Cluster): string {
  const zone = stableGuid('private zone', id);
  return `${name}-${stableGuid('dns', id).slice(0, 8)}.${zone}.privatelink.${location}.azmk8s.io`;
}

function kubeletProfile({ kubelet }: Cluster): object {
  if (!kubelet) return {};
  const { id, clientId, principalId } = kubelet;
  return {
    identityProfile: {
      kubeletidentity: { resourceId: withLowerCaseGroups(id), clientId, objectId: principalId },
    },
  };
}

function controlPlaneIdentity({ id, tenantId, kubelet, spec }: Cluster): object {
  if (spec.identityType === 'SystemAssigned') {
    return { type: 'SystemAssigned', principalId: systemIdentityOf(id), tenantId };
  }
  // Scenarios name no control plane identity of its own: such clusters use the kubelet's.
  if (!kubelet) return { type: 'UserAssigned', userAssignedIdentities: {} };
  const { clientId, principalId } = kubelet;
  return { type: 'UserAssigned', userAssignedIdentities: { [kubelet.id]: { clientId, principalId } } };
}

export function agentPools({ spec }: Cluster): readonly ({ readonly name: string } & object)[] {
  const pools = new Map<string, readonly NodeSpec[]>();
  for (const node of spec.nodes) pools.set(node.scaleSet, [...(pools.get(node.scaleSet) ?? []), node]);
  return [...pools].map(([scaleSet, nodes], index) => ({
    // aks-<pool>-<number>-vmss
    name: /^aks-([^-]+)-/.exec(scaleSet)?.[1] ?? scaleSet,
    count: nodes.length,
    vmSize: 'Standard_D4s_v5',
    osType: nodes[0]?.os === 'windows' ? 'Windows' : 'Linux',
    type: 'VirtualMachineScaleSets',
    mode: index === 0 ? 'System' : 'User',
    orchestratorVersion: spec.kubernetesVersion,
    currentOrchestratorVersion: spec.kubernetesVersion,
    provisioningState: 'Succeeded',
    powerState: { code: spec.powerState },
  }));
}
