import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { sameIgnoringCase } from '../runtime/text.ts';
import type { AksCluster, ManagedIdentity } from './aks-cluster.ts';
import { armFailure, armRefusal } from './arm-error.ts';
import { canonicalResourceId, parseResourceId } from './resource-id.ts';
import type { AzureSession } from './session.ts';
import { clientOptions } from './session.ts';

/** The identity that pods use, as the input `identity` names it. */
export type IdentityChoice =
  | { readonly by: 'kubelet' }
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'group'; readonly resourceGroup: string; readonly name: string }
  | { readonly by: 'id'; readonly resourceId: string };

/** `kubelet`, `name`, `resourceGroup/name` or a resource id; undefined where it is none of them. */
export function parseIdentityChoice(text: string): IdentityChoice | undefined {
  if (text.toLowerCase() === 'kubelet') return { by: 'kubelet' };
  if (text.startsWith('/')) return isIdentityId(text) ? { by: 'id', resourceId: text } : undefined;
  const [first, second, ...more] = text.split('/');
  if (first === undefined || first === '' || second === '' || more.length > 0) return undefined;
  return second === undefined ? { by: 'name', name: first } : { by: 'group', resourceGroup: first, name: second };
}

function isIdentityId(text: string): boolean {
  const type = parseResourceId(text)?.type;
  return type !== undefined && sameIgnoringCase(type, 'Microsoft.ManagedIdentity/userAssignedIdentities');
}

/**
 * Finds the identity. A bare name is looked for in the cluster's group and in its node group; `kubelet` and a bare name
 * therefore need the cluster. @throws DiagnosticError GRA002 when there is none, or two
 */
export async function findIdentity(
  session: AzureSession,
  cluster: AksCluster | undefined,
  choice: IdentityChoice,
): Promise<ManagedIdentity> {
  if (choice.by === 'kubelet') return kubeletOf(cluster);
  const places = placesOf(session, cluster, choice);
  const found = await Promise.all(places.map((place) => readIdentity(session, place)));
  const [identity, other] = found.filter((each) => each !== undefined);
  if (identity && !other) return identity;
  const name = places[0]?.name ?? '';
  const where = places.map(({ resourceGroup }) => resourceGroup).join(' and ');
  const message = other
    ? `The identity ${name} exists in more than one place: ${identity?.resourceId ?? ''} and ${other.resourceId}.`
    : `No user-assigned identity ${name} was found in ${where}.`;
  throw new DiagnosticError('GRA002', { message });
}

function kubeletOf(cluster: AksCluster | undefined): ManagedIdentity {
  if (cluster?.kubeletIdentity) return cluster.kubeletIdentity;
  throw new DiagnosticError('AKS002', { message: `The cluster ${cluster?.name ?? ''} has no kubelet identity.` });
}

interface Place {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

function placesOf(
  session: AzureSession,
  cluster: AksCluster | undefined,
  choice: Exclude<IdentityChoice, { by: 'kubelet' }>,
): readonly Place[] {
  const { subscriptionId } = session;
  if (choice.by === 'group') return [{ subscriptionId, resourceGroup: choice.resourceGroup, name: choice.name }];
  if (choice.by === 'id') {
    const id = parseResourceId(choice.resourceId);
    return id ? [id] : [];
  }
  const groups = cluster ? [cluster.resourceGroup, cluster.nodeResourceGroup] : [];
  return groups.map((resourceGroup) => ({
    subscriptionId,
    resourceGroup,
    name: choice.name,
  }));
}

async function readIdentity(session: AzureSession, place: Place): Promise<ManagedIdentity | undefined> {
  const { ManagedServiceIdentityClient } = await import('@azure/arm-msi');
  const client = new ManagedServiceIdentityClient(session.credential, place.subscriptionId, clientOptions(session));
  try {
    const { id, name, clientId, principalId } = await client.userAssignedIdentities.get(
      place.resourceGroup,
      place.name,
    );
    if (id === undefined || clientId === undefined || principalId === undefined) return undefined;
    return { resourceId: canonicalResourceId(id), name: name ?? place.name, clientId, objectId: principalId };
  } catch (error) {
    if (armRefusal(error)?.status === 404) return undefined;
    const doing = `read the identity ${place.name} in resource group ${place.resourceGroup}`;
    throw armFailure(error, doing, new URL(session.connection.cloud.resourceManager).host);
  }
}
