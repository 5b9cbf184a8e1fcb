import { readCluster } from '../../azure/aks-cluster.ts';
import { findGrantee, isNamedInFull } from '../../azure/identity-lookup.ts';
import { findRoles } from '../../azure/role-lookup.ts';
import type { Role } from '../../azure/role-lookup.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import { goal } from '../../engine/goal.ts';
import type { Intent } from '../../engine/walk.ts';
import { roleAssignments } from '../../resources/role-assignment/handler.ts';
import type { RoleAssignmentSpec } from '../../resources/role-assignment/spec.ts';
import { count } from '../../runtime/text.ts';
import { together } from '../../runtime/together.ts';
import { grantableState } from '../shared/cluster-state.ts';
import type { IntentOf } from '../shared/operation.ts';
import type { Services } from '../shared/services.ts';
import type { GrantParties } from '../shared/preset-roles.ts';
import { presetSpecs } from '../shared/preset-roles.ts';
import { actingPrincipal } from './acting-principal.ts';
import { broadGrants } from './broad-grants.ts';
import { grantSpec, lookupSubscription, withObstacles } from './goals.ts';
import type { AksRoleGrantsInputs } from './inputs.ts';
import { withoutDoubles } from './without-doubles.ts';

export const aksRoleGrantsIntent: IntentOf<AksRoleGrantsInputs> = async (inputs, services) => {
  const [parties, roles] = await together([readParties(inputs, services), readRoles(inputs, services)]);
  const { cluster, identity } = parties;
  const specs = wantedSpecs(inputs, parties, roles);
  if (inputs.mode !== 'remove') warnOfBroadGrants(specs, parties, services);
  const handler = roleAssignments(services, { orphans: inputs.mode === 'preview' });
  const wanted = inputs.mode === 'remove' ? 'absent' : 'present';
  const goals = specs.map((spec) => goal(handler, spec, { wanted }));
  return {
    mode: inputs.mode,
    goals: [...goals, ...(await handler.orphanGoals(specs, services.signal))],
    waits: inputs.wait ? [handler.shown] : [],
    outputs: {
      clientId: identity.clientId ?? '',
      objectId: identity.objectId,
      identityResourceId: identity.resourceId ?? '',
      identityName: identity.name,
      nodeResourceGroup: cluster.nodeResourceGroup,
    },
  } satisfies Intent;
};

async function readParties(inputs: AksRoleGrantsInputs, { azure, observer }: Services): Promise<GrantParties> {
  const choice = inputs.identity;
  const { resourceGroup } = inputs;
  // What is named in full is read beside the cluster and not after it.
  const named = isNamedInFull(choice) ? findGrantee(azure, {}, choice) : undefined;
  const [cluster, known] = await together([readCluster(azure, inputs), named]);
  const state = grantableState(cluster, inputs.mode);
  const kubelet = actingPrincipal(cluster, inputs);
  const identity = known ?? (await findGrantee(azure, { cluster, resourceGroup }, choice));
  const who = choice.by === 'controlPlane' ? 'the control plane uses' : 'pods use';
  const text = `Cluster ${cluster.name}: ${who} the identity ${identity.name} (object id ${identity.objectId}).`;
  observer({ type: 'note', text });
  if (state !== undefined) observer({ type: 'note', text: state });
  if (choice.by === 'kubelet' && inputs.mode !== 'remove') {
    observer({
      type: 'warning',
      diagnostic: diagnostic('GRA006', { message: `Pods of ${cluster.name} use its kubelet identity.` }),
    });
  }
  return { cluster, kubelet, identity };
}

/** In the order of the lines. Which roles there are does not depend on the cluster, so they are read beside it. */
function readRoles({ grants, identity }: AksRoleGrantsInputs, { azure }: Services): Promise<readonly Role[]> {
  const wanted = grants.map(({ role, scope }) => ({
    text: role,
    subscriptionId: lookupSubscription(scope, identity) ?? azure.subscriptionId,
  }));
  return findRoles(azure, wanted);
}

function wantedSpecs(
  { preset, grants, mode }: AksRoleGrantsInputs,
  parties: GrantParties,
  roles: readonly Role[],
): readonly RoleAssignmentSpec[] {
  const ofPreset = presetSpecs(preset, parties);
  const free = grants.flatMap((line, index) => {
    const role = roles[index];
    return role ? [grantSpec(line, role, parties)] : [];
  });
  if (mode === 'remove') return withoutDoubles([...ofPreset, ...free]);
  const { cluster } = parties;
  return withoutDoubles([...withObstacles(ofPreset, cluster, true), ...withObstacles(free, cluster, false)]);
}

/** One warning for all of them: each says what would be enough. */
function warnOfBroadGrants(specs: readonly RoleAssignmentSpec[], parties: GrantParties, { observer }: Services): void {
  const broad = broadGrants(specs, parties);
  if (broad.length === 0) return;
  const lines = broad.map(({ spec, narrower }) => `- ${spec.roleName} at ${spec.scopeLabel}: ${narrower}`);
  const message = `${count(broad.length, 'grant')} wider than needed:\n${lines.join('\n')}`;
  observer({ type: 'warning', diagnostic: diagnostic('GRA007', { message }) });
}
