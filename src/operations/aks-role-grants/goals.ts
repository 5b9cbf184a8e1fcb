import type { AksCluster, Grantee } from '../../azure/aks-cluster.ts';
import type { GranteeChoice } from '../../azure/identity-lookup.ts';
import { covers, parseResourceId, resourceGroupScope, subscriptionScope } from '../../azure/resource-id.ts';
import type { Role } from '../../azure/role-lookup.ts';
import { diagnostic, DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { RoleAssignmentSpec } from '../../resources/role-assignment/spec.ts';
import type { GrantLine } from './grant-line.ts';
import { fillScope } from './grant-line.ts';
import type { GrantParties } from '../shared/preset-roles.ts';
import { specOf, subscriptionOf } from '../shared/preset-roles.ts';

/**
 * Marks what cannot be granted in a locked node resource group, where a deny assignment forbids everything but reading.
 * The presets' grants there are of no use even where they exist: MIC may still not put an identity on the scale sets.
 */
export function withObstacles(
  specs: readonly RoleAssignmentSpec[],
  cluster: AksCluster,
  ofPreset: boolean,
): readonly RoleAssignmentSpec[] {
  if (!cluster.nodeGroupLocked) return specs;
  const locked = `The node resource group ${cluster.nodeResourceGroup} of the cluster ${cluster.name} is locked (restriction level ReadOnly)`;
  return specs.map((spec) => {
    if (!covers(cluster.nodeResourceGroupScope, spec.scope)) return spec;
    const refused = `${spec.roleName} cannot be granted at ${spec.scopeLabel}`;
    const message = ofPreset
      ? `${locked}: ${refused}, and AAD Pod Identity in standard mode cannot work on this cluster.`
      : `${locked}: ${refused}.`;
    return { ...spec, obstacle: { diagnostic: diagnostic('AKS003', { message }), evenIfThere: ofPreset } };
  });
}

/** One line of `grants`: a role for the identity that pods use. */
export function grantSpec(line: GrantLine, role: Role, { cluster, identity }: GrantParties): RoleAssignmentSpec {
  const { scope, condition, description } = line;
  const filled = fillScope(scope, {
    nodeResourceGroup: cluster.nodeResourceGroupScope,
    clusterResourceGroup: resourceGroupScope(cluster.subscriptionId, cluster.resourceGroup),
    identity: () => identity.resourceId ?? refuseIdentityScope(identity),
    cluster: cluster.resourceId,
    subscription: subscriptionScope(cluster.subscriptionId),
  });
  return {
    ...specOf(role, identity, { scope: filled, scopeLabel: labelOf(filled) }, cluster),
    ...(condition === undefined ? {} : { condition }),
    ...(description === undefined ? {} : { note: description }),
  };
}

/**
 * The subscription whose role definitions a line means, as far as the line itself says it; undefined for the cluster's.
 */
export function lookupSubscription(scope: string, identity: GranteeChoice): string | undefined {
  const text = scope.startsWith('{identity}') && identity.by === 'id' ? identity.resourceId : scope;
  return subscriptionOf(text);
}

function refuseIdentityScope({ name }: Grantee): never {
  const message = `grants uses {identity}, but the control plane identity of ${name} is system-assigned: it is part of the cluster and no resource on which roles can be granted.`;
  throw new DiagnosticError('INP001', { message });
}

function labelOf(scope: string): string {
  return parseResourceId(scope)?.name ?? /\/resourceGroups\/([^/]+)$/i.exec(scope)?.[1] ?? scope;
}
