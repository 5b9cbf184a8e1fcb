import { readCluster } from '../../azure/aks-cluster.ts';
import { findIdentity } from '../../azure/identity-lookup.ts';
import { findRoles } from '../../azure/role-lookup.ts';
import { preload } from '../../azure/preload.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import { goal } from '../../engine/goal.ts';
import type { Intent } from '../../engine/walk.ts';
import { roleAssignments } from '../../resources/role-assignment/handler.ts';
import type { RoleAssignmentSpec } from '../../resources/role-assignment/spec.ts';
import { count } from '../../runtime/text.ts';
import type { Operation } from '../shared/operation.ts';
import type { Services } from '../shared/services.ts';
import type { GrantParties } from './goals.ts';
import { actingPrincipal } from './acting-principal.ts';
import { broadGrants } from './broad-grants.ts';
import { grantSpec, presetSpecs, withBlocks } from './goals.ts';
import type { AksRoleGrantsInputName, AksRoleGrantsInputs } from './inputs.ts';
import { readAksRoleGrantsInputs } from './inputs.ts';

/** Grants Azure roles to the identity that a cluster and its pods use. */
export const aksRoleGrants: Operation<AksRoleGrantsInputs, AksRoleGrantsInputName> = {
  name: 'AksRoleGrants',
  readInputs: readAksRoleGrantsInputs,
  preload: () => preload('clusters', 'roleAssignments'),
  intent: async (inputs, services) => {
    const parties = await readParties(inputs, services);
    const { cluster, identity } = parties;
    const specs = await wantedSpecs(inputs, parties, services);
    if (inputs.mode !== 'remove') warnOfBroadGrants(specs, parties, services);
    const handler = roleAssignments(services, { orphans: inputs.mode === 'preview' });
    const wanted = inputs.mode === 'remove' ? 'absent' : 'present';
    return {
      mode: inputs.mode,
      goals: specs.map((spec) => goal(handler, spec, { wanted })),
      waits: [],
      outputs: {
        clientId: identity.clientId,
        objectId: identity.objectId,
        identityResourceId: identity.resourceId,
        identityName: identity.name,
        nodeResourceGroup: cluster.nodeResourceGroup,
      },
    } satisfies Intent;
  },
};

async function readParties(inputs: AksRoleGrantsInputs, { azure, observer }: Services): Promise<GrantParties> {
  const cluster = await readCluster(azure, inputs);
  const kubelet = actingPrincipal(cluster, inputs);
  const identity = await findIdentity(azure, cluster, inputs.identity);
  observer({
    type: 'note',
    text: `Cluster ${cluster.name}: pods use the identity ${identity.name} (object id ${identity.objectId}).`,
  });
  if (inputs.identity.by === 'kubelet' && inputs.mode !== 'remove') {
    observer({
      type: 'warning',
      diagnostic: diagnostic('GRA006', { message: `Pods of ${cluster.name} use its kubelet identity.` }),
    });
  }
  return { cluster, kubelet, identity };
}

async function wantedSpecs(
  inputs: AksRoleGrantsInputs,
  parties: GrantParties,
  { azure }: Services,
): Promise<readonly RoleAssignmentSpec[]> {
  const roles = await findRoles(
    azure,
    inputs.grants.map(({ role }) => role),
  );
  const free = inputs.grants.flatMap((line) => {
    const role = roles.get(line.role);
    return role ? [grantSpec(line, role, parties)] : [];
  });
  const specs = withoutDoubles([...presetSpecs(inputs.preset, parties), ...free]);
  return inputs.mode === 'remove' ? specs : withBlocks(specs, parties.cluster);
}

/** One warning for all of them: each says what would be enough. */
function warnOfBroadGrants(specs: readonly RoleAssignmentSpec[], parties: GrantParties, { observer }: Services): void {
  const broad = broadGrants(specs, parties);
  if (broad.length === 0) return;
  const lines = broad.map(({ spec, narrower }) => `- ${spec.roleName} at ${spec.scopeLabel}: ${narrower}`);
  const message = `${count(broad.length, 'grant')} wider than needed:\n${lines.join('\n')}`;
  observer({ type: 'warning', diagnostic: diagnostic('GRA007', { message }) });
}

/** A grant that a preset already brings may also stand in `grants`; it is one goal. */
function withoutDoubles(specs: readonly RoleAssignmentSpec[]): readonly RoleAssignmentSpec[] {
  const keyOf = ({ scope, roleId, principalId }: RoleAssignmentSpec): string =>
    [scope, roleId, principalId].join('|').toLowerCase();
  return [...new Map(specs.map((spec) => [keyOf(spec), spec])).values()];
}
