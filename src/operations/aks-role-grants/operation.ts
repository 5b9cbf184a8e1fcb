import { readCluster, requireIdentityCluster, requireOpenNodeGroup } from '../../azure/aks-cluster.ts';
import { findIdentity } from '../../azure/identity-lookup.ts';
import { findRole } from '../../azure/role-lookup.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import { goal } from '../../engine/goal.ts';
import type { Intent } from '../../engine/walk.ts';
import { roleAssignments } from '../../resources/role-assignment/handler.ts';
import type { RoleAssignmentSpec } from '../../resources/role-assignment/spec.ts';
import type { Operation } from '../shared/operation.ts';
import type { Services } from '../shared/services.ts';
import type { GrantParties } from './goals.ts';
import { grantSpec, presetSpecs } from './goals.ts';
import type { AksRoleGrantsInputName, AksRoleGrantsInputs } from './inputs.ts';
import { readAksRoleGrantsInputs } from './inputs.ts';

/** Grants Azure roles to the identity that a cluster and its pods use. */
export const aksRoleGrants: Operation<AksRoleGrantsInputs, AksRoleGrantsInputName> = {
  name: 'AksRoleGrants',
  readInputs: readAksRoleGrantsInputs,
  intent: async (inputs, services) => {
    const parties = await readParties(inputs, services);
    const { cluster, identity } = parties;
    const specs = await wantedSpecs(inputs, parties, services);
    const handler = roleAssignments(services);
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
  const kubelet = requireIdentityCluster(cluster);
  if (inputs.mode !== 'remove' && inputs.preset !== 'none') requireOpenNodeGroup(cluster);
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
  const roles = await Promise.all(
    [...new Set(inputs.grants.map(({ role }) => role))].map((name) => findRoleByText(azure, name)),
  );
  const free = inputs.grants.flatMap((line) => {
    const found = roles.find(([text]) => text === line.role);
    return found ? [grantSpec(line, found[1], parties)] : [];
  });
  return withoutDoubles([...presetSpecs(inputs.preset, parties), ...free]);
}

async function findRoleByText(
  azure: Services['azure'],
  text: string,
): Promise<readonly [string, Awaited<ReturnType<typeof findRole>>]> {
  return [text, await findRole(azure, text)];
}

/** A grant that a preset already brings may also stand in `grants`; it is one goal. */
function withoutDoubles(specs: readonly RoleAssignmentSpec[]): readonly RoleAssignmentSpec[] {
  const keyOf = ({ scope, roleId, principalId }: RoleAssignmentSpec): string =>
    [scope, roleId, principalId].join('|').toLowerCase();
  return [...new Map(specs.map((spec) => [keyOf(spec), spec])).values()];
}
