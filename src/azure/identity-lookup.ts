import type { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { listOf, sameIgnoringCase } from '../runtime/text.ts';
import type { AksCluster, Grantee, ManagedIdentity } from './aks-cluster.ts';
import { armFailure, armRefusal } from './arm-error.ts';
import { nearestNames } from './nearest-names.ts';
import { canonicalResourceId, GROUP_NAME, parseResourceId } from './resource-id.ts';
import type { AzureSession } from './session.ts';
import { clientOptions } from './session.ts';

/** The identity that pods use, as the input `identity` names it. */
export type IdentityChoice =
  | { readonly by: 'kubelet' }
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'group'; readonly resourceGroup: string; readonly name: string }
  | { readonly by: 'id'; readonly resourceId: string };

/** Where only grants are made, the identity may also be the one that AKS itself acts as. */
export type GranteeChoice = IdentityChoice | { readonly by: 'controlPlane' };

/** Of a user-assigned identity; source as for the name of a group. */
const IDENTITY_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,127}$/;

/** `kubelet`, `name`, `resourceGroup/name` or a resource id; undefined where it is none of them. */
export function parseIdentityChoice(text: string): IdentityChoice | undefined {
  if (text.toLowerCase() === 'kubelet') return { by: 'kubelet' };
  if (text.startsWith('/')) return isIdentityId(text) ? { by: 'id', resourceId: text } : undefined;
  const [first = '', second, ...more] = text.split('/');
  if (more.length > 0 || !IDENTITY_NAME.test(second ?? first)) return undefined;
  if (second === undefined) return { by: 'name', name: first };
  return GROUP_NAME.test(first) ? { by: 'group', resourceGroup: first, name: second } : undefined;
}

/** The same, or `controlPlane`. */
export function parseGranteeChoice(text: string): GranteeChoice | undefined {
  return text.toLowerCase() === 'controlplane' ? { by: 'controlPlane' } : parseIdentityChoice(text);
}

function isIdentityId(text: string): boolean {
  const type = parseResourceId(text)?.type;
  return type !== undefined && sameIgnoringCase(type, 'Microsoft.ManagedIdentity/userAssignedIdentities');
}

/** Whether the identity can be found without the cluster. */
export function isNamedInFull(choice: GranteeChoice): boolean {
  return choice.by === 'group' || choice.by === 'id';
}

/** Where an identity is looked for; what is not named in full needs the cluster, or a group for a bare name. */
export interface IdentityPlaces {
  readonly cluster?: AksCluster | undefined;
  /** As the inputs give it. */
  readonly resourceGroup?: string | undefined;
}

/** @throws DiagnosticError as {@link findIdentity}; AKS002 for the control plane of a cluster with a service principal */
export async function findGrantee(
  session: AzureSession,
  places: IdentityPlaces,
  choice: GranteeChoice,
): Promise<Grantee> {
  if (choice.by !== 'controlPlane') return findIdentity(session, places, choice);
  const { cluster } = places;
  if (cluster?.controlPlaneIdentity) return cluster.controlPlaneIdentity;
  throw new DiagnosticError('AKS002', {
    message: `The control plane of the cluster ${cluster?.name ?? ''} has no managed identity.`,
  });
}

/**
 * Finds the identity. A bare name is looked for in the cluster's group, in its node group and in the group that the
 * inputs name. @throws DiagnosticError GRA002 when there is none, or more than one; AKS002 without a kubelet identity
 */
export async function findIdentity(
  session: AzureSession,
  where: IdentityPlaces,
  choice: IdentityChoice,
): Promise<ManagedIdentity> {
  if (choice.by === 'kubelet') return kubeletOf(where.cluster);
  const places = placesOf(session, where, choice);
  const found = await Promise.all(places.map((place) => readIdentity(session, place)));
  const identities = found.filter((each) => each !== undefined);
  const [identity, ...others] = identities;
  const name = places[0]?.name ?? '';
  if (!identity) throw await unknownIdentity(session, places);
  if (others.length === 0) return identity;
  const all = listOf(identities.map(({ resourceId }) => resourceId));
  throw new DiagnosticError('GRA002', { message: `The identity ${name} exists in more than one place: ${all}.` });
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
  { subscriptionId }: AzureSession,
  { cluster, resourceGroup }: IdentityPlaces,
  choice: Exclude<IdentityChoice, { by: 'kubelet' }>,
): readonly Place[] {
  if (choice.by === 'group') return [{ subscriptionId, resourceGroup: choice.resourceGroup, name: choice.name }];
  if (choice.by === 'id') {
    const id = parseResourceId(choice.resourceId);
    return id ? [id] : [];
  }
  const groups = [cluster?.resourceGroup, cluster?.nodeResourceGroup, resourceGroup].filter(
    (each) => each !== undefined,
  );
  const different = new Map(groups.map((group) => [group.toLowerCase(), group]));
  return [...different.values()].map((group) => ({ subscriptionId, resourceGroup: group, name: choice.name }));
}

async function readIdentity(session: AzureSession, place: Place): Promise<ManagedIdentity | undefined> {
  const client = await openClient(session, place.subscriptionId);
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

async function unknownIdentity(session: AzureSession, places: readonly Place[]): Promise<DiagnosticError> {
  const [{ name, subscriptionId } = { name: '', subscriptionId: session.subscriptionId }] = places;
  const where = listOf(places.map(({ resourceGroup }) => resourceGroup));
  const known = await listIdentities(session, subscriptionId);
  const names = known.map((id) => parseResourceId(id)?.name ?? '');
  const wanted = new Set([name.toLowerCase(), ...nearestNames(name, names).map((each) => each.toLowerCase())]);
  const candidates = known
    .map((id) => parseResourceId(id))
    .filter((id) => id !== undefined)
    .filter((id) => wanted.has(id.name.toLowerCase()))
    .map((id) => `${id.resourceGroup}/${id.name}`);
  const hint =
    candidates.length === 0 ? '' : ` In subscription ${subscriptionId} there is ${listOf(candidates.slice(0, 5))}.`;
  return new DiagnosticError('GRA002', {
    message: `No user-assigned identity ${name} was found in ${where || 'any resource group'}.${hint}`,
  });
}

/** Resource ids of all that the connection may see; none where it may not list them, for they only help to word an error. */
async function listIdentities(session: AzureSession, subscriptionId: string): Promise<readonly string[]> {
  const ids: string[] = [];
  try {
    const client = await openClient(session, subscriptionId);
    for await (const { id } of client.userAssignedIdentities.listBySubscription()) if (id !== undefined) ids.push(id);
  } catch {
    return ids;
  }
  return ids;
}

async function openClient(session: AzureSession, subscriptionId: string): Promise<ManagedServiceIdentityClient> {
  const { ManagedServiceIdentityClient } = await import('@azure/arm-msi');
  return new ManagedServiceIdentityClient(session.credential, subscriptionId, clientOptions(session));
}
