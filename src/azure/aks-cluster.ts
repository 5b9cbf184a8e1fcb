import type { ManagedCluster } from '@azure/arm-containerservice';
import { diagnostic, DiagnosticError } from '../diagnostics/diagnostic.ts';
import { armFailure } from './arm-error.ts';
import { canonicalResourceId, parseResourceId, resourceGroupScope } from './resource-id.ts';
import type { AzureSession } from './session.ts';
import { clientOptions } from './session.ts';

/** A user-assigned identity by all the ids that Azure, Entra and Kubernetes know it by. */
export interface ManagedIdentity {
  readonly resourceId: string;
  readonly name: string;
  readonly clientId: string;
  /** Object (principal) id: what role assignments and access policies name. */
  readonly objectId: string;
}

/** An identity that roles go to. A system-assigned one is part of its resource: it has no id and no client id of its own here. */
export interface Grantee extends Pick<ManagedIdentity, 'name' | 'objectId'> {
  readonly resourceId?: string;
  readonly clientId?: string;
}

/** What the tasks need to know of an AKS cluster. */
export interface AksCluster {
  readonly name: string;
  readonly resourceId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly nodeResourceGroup: string;
  readonly nodeResourceGroupScope: string;
  readonly rbac: boolean;
  /** Undefined for a cluster with a service principal. */
  readonly kubeletIdentity: ManagedIdentity | undefined;
  /** What AKS itself acts as: changes networks, load balancers, disks. Undefined for a cluster with a service principal. */
  readonly controlPlaneIdentity?: Grantee;
  /** Client id, where the cluster runs with a service principal. */
  readonly servicePrincipal?: string;
  readonly nodeGroupLocked: boolean;
  readonly networkPlugin: string;
  /** The AKS add-on for AAD Pod Identity (managed mode). */
  readonly podIdentityAddon: boolean;
  readonly localAccountsDisabled: boolean;
  readonly entra: boolean;
  /** The API server may be out of an agent's reach: private, in the virtual network, or open to some addresses only. */
  readonly apiServerRestricted: boolean;
  readonly runCommandDisabled: boolean;
  readonly powerState: string;
  readonly provisioningState: string;
  readonly kubernetesVersion: string;
}

export interface ClusterName {
  readonly resourceGroup: string;
  readonly clusterName: string;
  /** The cluster itself, where a list has already told of it. */
  readonly known?: AksCluster;
}

/** Reads the cluster. @throws DiagnosticError AZR001, AZR002, CON... */
export async function readCluster(
  session: AzureSession,
  { resourceGroup, clusterName, known }: ClusterName,
): Promise<AksCluster> {
  if (known) return known;
  const { createContainerService } = await import('@azure/arm-containerservice/api');
  const { get } = await import('@azure/arm-containerservice/api/managedClusters');
  const context = createContainerService(session.credential, session.subscriptionId, clientOptions(session));
  try {
    const cluster = await get(context, resourceGroup, clusterName);
    return describeCluster(cluster, session.subscriptionId, { resourceGroup, clusterName });
  } catch (error) {
    const doing = `read the cluster ${clusterName} in resource group ${resourceGroup} (subscription ${session.subscriptionId})`;
    throw armFailure(error, doing, new URL(session.connection.cloud.resourceManager).host);
  }
}

/** Every cluster of a resource group. @throws DiagnosticError AZR001, AZR002, CON... */
export async function listClusters(session: AzureSession, resourceGroup: string): Promise<readonly AksCluster[]> {
  const { createContainerService } = await import('@azure/arm-containerservice/api');
  const { listByResourceGroup } = await import('@azure/arm-containerservice/api/managedClusters');
  const { subscriptionId } = session;
  const context = createContainerService(session.credential, subscriptionId, clientOptions(session));
  const clusters: AksCluster[] = [];
  try {
    for await (const cluster of listByResourceGroup(context, resourceGroup))
      clusters.push(describeCluster(cluster, subscriptionId, { resourceGroup, clusterName: '' }));
  } catch (error) {
    const doing = `list the clusters of resource group ${resourceGroup} (subscription ${subscriptionId})`;
    throw armFailure(error, doing, new URL(session.connection.cloud.resourceManager).host);
  }
  return clusters;
}

/** ARM's answer with every absent field decided; absent means "false" throughout (facts of the managedClusters API). */
function describeCluster(cluster: ManagedCluster, subscriptionId: string, asked: ClusterName): AksCluster {
  const resourceGroup = parseResourceId(cluster.id ?? '')?.resourceGroup ?? asked.resourceGroup;
  const name = cluster.name ?? asked.clusterName;
  const nodeResourceGroup = cluster.nodeResourceGroup ?? '';
  return {
    name,
    resourceId: `${resourceGroupScope(subscriptionId, resourceGroup)}/providers/Microsoft.ContainerService/managedClusters/${name}`,
    subscriptionId,
    resourceGroup,
    nodeResourceGroup,
    nodeResourceGroupScope: resourceGroupScope(subscriptionId, nodeResourceGroup),
    kubeletIdentity: kubeletIdentity(cluster),
    ...servicePrincipalOf(cluster),
    ...controlPlaneOf(cluster, name),
    ...features(cluster),
    ...condition(cluster),
  };
}

type Feature =
  | 'rbac'
  | 'nodeGroupLocked'
  | 'networkPlugin'
  | 'podIdentityAddon'
  | 'localAccountsDisabled'
  | 'entra'
  | 'apiServerRestricted'
  | 'runCommandDisabled';

function features(cluster: ManagedCluster): Pick<AksCluster, Feature> {
  return {
    rbac: cluster.enableRbac === true,
    nodeGroupLocked: cluster.nodeResourceGroupProfile?.restrictionLevel === 'ReadOnly',
    networkPlugin: cluster.networkProfile?.networkPlugin ?? '',
    podIdentityAddon: cluster.podIdentityProfile?.enabled === true,
    localAccountsDisabled: cluster.disableLocalAccounts === true,
    entra: cluster.aadProfile?.managed === true,
    ...apiServerAccess(cluster),
  };
}

function apiServerAccess({
  apiServerAccessProfile: profile,
}: ManagedCluster): Pick<AksCluster, 'apiServerRestricted' | 'runCommandDisabled'> {
  const ranges = profile?.authorizedIPRanges ?? [];
  return {
    apiServerRestricted: profile?.enablePrivateCluster === true || ranges.length > 0,
    runCommandDisabled: profile?.disableRunCommand === true,
  };
}

function condition(
  cluster: ManagedCluster,
): Pick<AksCluster, 'powerState' | 'provisioningState' | 'kubernetesVersion'> {
  return {
    powerState: cluster.powerState?.code ?? 'Running',
    provisioningState: cluster.provisioningState ?? '',
    kubernetesVersion: cluster.currentKubernetesVersion ?? cluster.kubernetesVersion ?? '',
  };
}

function kubeletIdentity(cluster: ManagedCluster): ManagedIdentity | undefined {
  if (hasServicePrincipal(cluster)) return undefined;
  const { resourceId, clientId, objectId } = cluster.identityProfile?.['kubeletidentity'] ?? {};
  if (resourceId === undefined || clientId === undefined || objectId === undefined) return undefined;
  return {
    resourceId: canonicalResourceId(resourceId),
    name: parseResourceId(resourceId)?.name ?? resourceId,
    clientId,
    objectId,
  };
}

function controlPlaneOf({ identity }: ManagedCluster, name: string): Pick<AksCluster, 'controlPlaneIdentity'> {
  // AKS allows one user-assigned identity for the control plane.
  const [assigned] = Object.entries(identity?.userAssignedIdentities ?? {});
  if (assigned) {
    const [id, { principalId, clientId }] = assigned;
    if (principalId === undefined) return {};
    const named = { resourceId: canonicalResourceId(id), name: parseResourceId(id)?.name ?? id, objectId: principalId };
    return { controlPlaneIdentity: { ...named, ...(clientId === undefined ? {} : { clientId }) } };
  }
  const objectId = identity?.principalId;
  // Entra names the service principal of a system-assigned identity as its resource.
  return objectId === undefined ? {} : { controlPlaneIdentity: { name, objectId } };
}

function servicePrincipalOf(cluster: ManagedCluster): Pick<AksCluster, 'servicePrincipal'> {
  const clientId = cluster.servicePrincipalProfile?.clientId;
  return clientId !== undefined && hasServicePrincipal(cluster) ? { servicePrincipal: clientId } : {};
}

/** A cluster with managed identities says "msi" in place of a client id. */
function hasServicePrincipal({ servicePrincipalProfile }: ManagedCluster): boolean {
  return (servicePrincipalProfile?.clientId ?? 'msi').toLowerCase() !== 'msi';
}

/**
 * Refuses a cluster on which AAD Pod Identity with a managed identity cannot work, before anything is written.
 * @throws DiagnosticError AKS001 without Kubernetes RBAC, AKS002 without a managed identity
 */
export function requireIdentityCluster(cluster: AksCluster): ManagedIdentity {
  requireKubernetesRbac(cluster);
  if (!cluster.kubeletIdentity && isUnfinished(cluster)) throw noIdentityYet(cluster);
  if (!cluster.kubeletIdentity) {
    const fix = `Convert the cluster: az aks update --resource-group ${cluster.resourceGroup} --name ${cluster.name} --enable-managed-identity; then upgrade the node pools (--node-image-only).${servicePrincipalFix(cluster)}`;
    throw new DiagnosticError('AKS002', {
      message: `The cluster ${cluster.name} runs with a service principal and has no managed identity.`,
      fix,
    });
  }
  return cluster.kubeletIdentity;
}

function isUnfinished({ servicePrincipal, provisioningState }: AksCluster): boolean {
  return servicePrincipal === undefined && provisioningState !== 'Succeeded';
}

/** A cluster that is being created, or whose creation failed, names its identities only once it has them. */
function noIdentityYet({ name, provisioningState }: AksCluster): DiagnosticError {
  return new DiagnosticError('AKS004', {
    message: `The cluster ${name} has no kubelet identity yet (provisioning state ${provisioningState || 'unknown'}).`,
  });
}

/** Only Microsoft Graph knows the object id of a client id, and the tasks do not ask it. */
function servicePrincipalFix({ servicePrincipal }: AksCluster): string {
  if (servicePrincipal === undefined) return '';
  return ` For AksRoleGrants alone: set principalObjectId to what "az ad sp show --id ${servicePrincipal} --query id" prints.`;
}

/** @throws DiagnosticError AKS001 */
export function requireKubernetesRbac(cluster: AksCluster): void {
  if (cluster.rbac) return;
  throw new DiagnosticError('AKS001', {
    message: `The cluster ${cluster.name} was created without Kubernetes RBAC (enableRBAC is false).`,
  });
}

/** @throws DiagnosticError AKS003 when MIC may not write in the node resource group, so that standard mode cannot work */
export function requireOpenNodeGroup(cluster: AksCluster): void {
  if (!cluster.nodeGroupLocked) return;
  throw DiagnosticError.of(
    diagnostic('AKS003', {
      message: `The node resource group ${cluster.nodeResourceGroup} of the cluster ${cluster.name} is locked (restriction level ReadOnly).`,
    }),
  );
}
