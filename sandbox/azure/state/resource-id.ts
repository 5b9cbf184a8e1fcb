/** ARM ids: built in one spelling, compared in any. */

export interface Place {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

export const resourceTypes = {
  cluster: 'Microsoft.ContainerService/managedClusters',
  identity: 'Microsoft.ManagedIdentity/userAssignedIdentities',
  vault: 'Microsoft.KeyVault/vaults',
  scaleSet: 'Microsoft.Compute/virtualMachineScaleSets',
} as const;

export type ResourceKind = keyof typeof resourceTypes;

export function groupId(subscriptionId: string, resourceGroup: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
}

export function resourceId({ subscriptionId, resourceGroup, name }: Place, kind: ResourceKind): string {
  return `${groupId(subscriptionId, resourceGroup)}/providers/${resourceTypes[kind]}/${name}`;
}

/** Some resource providers write `resourcegroups`: clients must not compare letter for letter. */
export function withLowerCaseGroups(id: string): string {
  return id.replace('/resourceGroups/', '/resourcegroups/');
}

export function sameText(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** True when `outer` is `inner` or stands above it. The tenant's root is the empty scope. */
export function covers(outer: string, inner: string): boolean {
  const [wide, narrow] = [normalised(outer), normalised(inner)];
  return narrow === wide || narrow.startsWith(`${wide}/`);
}

export function sameScope(left: string, right: string): boolean {
  return normalised(left) === normalised(right);
}

function normalised(scope: string): string {
  return scope.toLowerCase().replace(/\/+$/, '');
}
