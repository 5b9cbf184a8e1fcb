import type { AksCluster, ManagedIdentity } from '../../azure/aks-cluster.ts';
import { covers, parseResourceId, resourceGroupScope, subscriptionScope } from '../../azure/resource-id.ts';
import type { Role } from '../../azure/role-lookup.ts';
import { builtInRoles } from '../../azure/roles.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { RoleAssignmentSpec } from '../../resources/role-assignment/spec.ts';
import { assertNever } from '../../runtime/assert-never.ts';
import type { ActingPrincipal } from './acting-principal.ts';
import type { GrantLine } from './grant-line.ts';
import { fillScope } from './grant-line.ts';
import type { Preset } from './inputs.ts';

export interface GrantParties {
  readonly cluster: AksCluster;
  /** What MIC acts as. */
  readonly kubelet: ActingPrincipal;
  /** What pods act as. */
  readonly identity: ManagedIdentity;
}

interface Scope {
  readonly scope: string;
  readonly scopeLabel: string;
}

/** The assignments of a preset. Pure: the same cluster and identity always give the same list. */
export function presetSpecs(preset: Preset, parties: GrantParties): readonly RoleAssignmentSpec[] {
  const { cluster, kubelet, identity } = parties;
  const node = group('node resource group', cluster.nodeResourceGroup, cluster);
  const own = group('cluster resource group', cluster.resourceGroup, cluster);
  const toKubelet = (
    roleName: 'Virtual Machine Contributor' | 'Managed Identity Operator',
    scope: Scope,
  ): RoleAssignmentSpec => specOf({ name: roleName, id: builtInRoles[roleName] }, kubelet, scope, cluster);
  switch (preset) {
    case 'none':
      return [];
    case 'podIdentity':
      // MIC puts the identity on the scale sets (write in the node group) and must be allowed to hand that identity out.
      return [
        toKubelet('Virtual Machine Contributor', node),
        toKubelet('Managed Identity Operator', identityScope(identity)),
      ];
    case 'podIdentityClassic':
      return [
        toKubelet('Virtual Machine Contributor', node),
        toKubelet('Managed Identity Operator', node),
        ...(kubelet.resourceId === undefined
          ? []
          : [toKubelet('Managed Identity Operator', identityScope({ ...kubelet, resourceId: kubelet.resourceId }))]),
        toKubelet('Virtual Machine Contributor', own),
        toKubelet('Managed Identity Operator', own),
      ];
    default:
      return assertNever(preset);
  }
}

/**
 * Marks what cannot be granted, or would be of no use: a deny assignment keeps everything but reading out of a locked
 * node resource group, and MIC can do nothing without the presets' grants there.
 */
export function withBlocks(specs: readonly RoleAssignmentSpec[], cluster: AksCluster): readonly RoleAssignmentSpec[] {
  if (!cluster.nodeGroupLocked) return specs;
  return specs.map((spec) => {
    if (!covers(cluster.nodeResourceGroupScope, spec.scope)) return spec;
    const message = `The node resource group ${cluster.nodeResourceGroup} of the cluster ${cluster.name} is locked (restriction level ReadOnly): ${spec.roleName} cannot be granted at ${spec.scopeLabel}.`;
    return { ...spec, blocked: diagnostic('AKS003', { message }) };
  });
}

/** One line of `grants`: a role for the identity that pods use. */
export function grantSpec(line: GrantLine, role: Role, { cluster, identity }: GrantParties): RoleAssignmentSpec {
  const { scope, condition, description } = line;
  const filled = fillScope(scope, {
    nodeResourceGroup: cluster.nodeResourceGroupScope,
    clusterResourceGroup: resourceGroupScope(cluster.subscriptionId, cluster.resourceGroup),
    identity: identity.resourceId,
    cluster: cluster.resourceId,
    subscription: subscriptionScope(cluster.subscriptionId),
  });
  return {
    ...specOf(role, identity, { scope: filled, scopeLabel: labelOf(filled) }, cluster),
    ...(condition === undefined ? {} : { condition }),
    ...(description === undefined ? {} : { note: description }),
  };
}

function specOf(
  role: Role,
  principal: Pick<ManagedIdentity, 'name' | 'objectId'>,
  { scope, scopeLabel }: Scope,
  cluster: AksCluster,
): RoleAssignmentSpec {
  return {
    scope,
    scopeLabel,
    roleId: role.id,
    roleName: role.name,
    principalId: principal.objectId,
    principalLabel: principal.name,
    // An identity may live in another subscription than the cluster; a role is named by the subscription of its scope.
    subscriptionId: /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1] ?? cluster.subscriptionId,
    madeBy: `AksRoleGrants for cluster ${cluster.name}`,
  };
}

function group(label: string, name: string, { subscriptionId }: AksCluster): Scope {
  return { scope: resourceGroupScope(subscriptionId, name), scopeLabel: `${label} ${name}` };
}

function identityScope({ resourceId, name }: Pick<ManagedIdentity, 'resourceId' | 'name'>): Scope {
  return { scope: resourceId, scopeLabel: `identity ${name}` };
}

function labelOf(scope: string): string {
  return parseResourceId(scope)?.name ?? /\/resourceGroups\/([^/]+)$/i.exec(scope)?.[1] ?? scope;
}
