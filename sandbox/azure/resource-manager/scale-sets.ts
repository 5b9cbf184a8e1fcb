/** Microsoft.Compute/virtualMachineScaleSets: reading, and the identities that MIC attaches and detaches. */
import { notImitated, type SandboxResponse } from '../../kit/http-server.ts';
import { stableGuid } from '../../scenario/ids.ts';
import { isAllowed } from '../authorization/decide.ts';
import { resourceTypes, sameText } from '../state/resource-id.ts';
import type { ScaleSet, World } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { armErrors } from './errors.ts';
import { findResource, readRoutes } from './lookup.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, type Call, type Route } from './route.ts';

const type = resourceTypes.scaleSet;

/** Compute's list of one resource group and of one subscription. */
const reading = readRoutes(
  'scaleSet',
  versions.scaleSets,
  ({ world }) => world.scaleSets.map((scaleSet) => ({ ...scaleSet, world })),
  scaleSetBody,
);

export const scaleSetRoutes: readonly Route[] = [
  ...reading,
  {
    method: 'PATCH',
    pattern: `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}/{name}`,
    versions: versions.scaleSets,
    action: `${type}/write`,
    handle: patch,
  },
];

interface IdentityPatch {
  readonly type?: unknown;
  /** Null takes an identity away; ids that are not named stay. */
  readonly userAssignedIdentities?: Readonly<Record<string, object | null>> | null;
}

function patch(call: Call): SandboxResponse {
  const { identity, ...other } = (call.body ?? {}) as { readonly identity?: IdentityPatch };
  if (identity === undefined || Object.keys(other).length > 0) {
    return notImitated(
      `PATCH of a scale set's ${Object.keys(other).join(', ')}`,
      'sandbox/azure/resource-manager/scale-sets.ts',
    );
  }
  const scaleSet = findResource(call, 'scaleSet', call.world.scaleSets);
  const changes = Object.entries(identity.userAssignedIdentities ?? {});
  const attached = changes.filter(([, value]) => value !== null).map(([id]) => id);
  requireAssignable(call, attached);
  scaleSet.identities = after(scaleSet, identity, changes, call.world);
  return ok(scaleSetBody({ ...scaleSet, world: call.world }));
}

function after(
  scaleSet: ScaleSet,
  { type: kind }: IdentityPatch,
  changes: readonly (readonly [string, object | null])[],
  world: World,
): readonly string[] {
  if (typeof kind === 'string' && sameText(kind, 'None')) return [];
  if (changes.length > 0 && !String(kind).toLowerCase().includes('userassigned')) {
    throw new ArmRefusal(
      400,
      'InvalidParameter',
      `The value of parameter identity.type is invalid: '${String(kind)}' does not allow userAssignedIdentities.`,
    );
  }
  for (const [id, value] of changes) if (value !== null) requireIdentity(scaleSet, id, world);
  const kept = scaleSet.identities.filter(
    (id) => !changes.some(([changed, value]) => value === null && sameText(changed, id)),
  );
  const added = changes.filter(([id, value]) => value !== null && !kept.some((known) => sameText(known, id)));
  return [...kept, ...added.map(([id]) => id)];
}

/** ARM checks this before Compute sees the request, for every identity that the request names and does not take away. */
function requireAssignable({ world, caller, path }: Call, ids: readonly string[]): void {
  const action = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';
  const refused = ids.filter((scope) => !isAllowed(world, { objectId: caller.objectId, action, scope }));
  if (refused.length === 0) return;
  throw armErrors.linkedAuthorizationFailed(caller, { action: `${type}/write`, scope: path }, refused.join(','));
}

function requireIdentity({ id: scaleSetId }: ScaleSet, id: string, { identities }: World): void {
  if (identities.some((identity) => sameText(identity.id, id))) return;
  const name = id.split('/').at(-1) ?? '';
  const inner = `{"error":{"code":"ResourceNotFound","message":"The Resource '${resourceTypes.identity}/${name}' was not found."}}`;
  throw new ArmRefusal(
    404,
    'FailedIdentityOperation',
    `Identity operation for resource '${scaleSetId}' failed with error 'Failed to perform resource identity operation. Status: 'NotFound'. Response: '${inner}'.'.`,
  );
}

export function scaleSetBody({ world, ...scaleSet }: ScaleSet & { readonly world: World }): object {
  const { id, name, location, identities } = scaleSet;
  return {
    id,
    name,
    type,
    location,
    tags: {},
    sku: { name: 'Standard_D4s_v5', tier: 'Standard', capacity: nodeCount(world, scaleSet) },
    ...(identities.length === 0 ? {} : { identity: identityBody(identities, world) }),
    properties: {
      singlePlacementGroup: false,
      orchestrationMode: 'Uniform',
      upgradePolicy: { mode: 'Manual' },
      provisioningState: 'Succeeded',
      overprovision: false,
      uniqueId: stableGuid('scale set', id),
    },
  };
}

function identityBody(identities: readonly string[], world: World): object {
  const described = identities.map((id) => {
    const found = world.identities.find((identity) => sameText(identity.id, id));
    return [id, found ? { principalId: found.principalId, clientId: found.clientId } : {}];
  });
  return { type: 'UserAssigned', userAssignedIdentities: Object.fromEntries(described) as object };
}

function nodeCount({ clusters }: World, { subscriptionId, resourceGroup, name }: ScaleSet): number {
  return clusters
    .filter(({ spec, subscriptionId: at }) => at === subscriptionId && sameText(spec.nodeResourceGroup, resourceGroup))
    .flatMap(({ spec }) => spec.nodes)
    .filter(({ scaleSet }) => sameText(scaleSet, name)).length;
}
