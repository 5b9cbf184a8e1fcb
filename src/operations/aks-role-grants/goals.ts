import type { AksCluster, Grantee } from '../../azure/aks-cluster.ts';
import type { GranteeChoice } from '../../azure/identity-lookup.ts';
import { covers, parseResourceId, resourceGroupScope, subscriptionScope } from '../../azure/resource-id.ts';
import type { Role } from '../../azure/role-lookup.ts';
import { builtInRoles } from '../../azure/roles.ts';
import { diagnostic, DiagnosticError } from '../../diagnostics/diagnostic.ts';
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
  /** What pods act as, or the control plane where that was chosen. */
  readonly identity: Grantee;
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
  const operatorOf = (grantee: Grantee): readonly RoleAssignmentSpec[] =>
    identityScopes(grantee).map((scope) => toKubelet('Managed Identity Operator', scope));
  switch (preset) {
    case 'none':
      return [];
    case 'podIdentity':
      // MIC puts the identity on the scale sets (write in the node group) and must be allowed to hand that identity out.
      return [toKubelet('Virtual Machine Contributor', node), ...operatorOf(identity)];
    case 'podIdentityClassic':
      return [
        toKubelet('Virtual Machine Contributor', node),
        toKubelet('Managed Identity Operator', node),
        ...operatorOf(kubelet),
        toKubelet('Virtual Machine Contributor', own),
        toKubelet('Managed Identity Operator', own),
      ];
    default:
      return assertNever(preset);
  }
}

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

function subscriptionOf(scope: string): string | undefined {
  return /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1];
}

function refuseIdentityScope({ name }: Grantee): never {
  const message = `grants uses {identity}, but the control plane identity of ${name} is system-assigned: it is part of the cluster and no resource on which roles can be granted.`;
  throw new DiagnosticError('INP001', { message });
}

function specOf(
  role: Role,
  principal: Pick<ActingPrincipal, 'name' | 'objectId' | 'hint'>,
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
    ...(principal.hint === undefined ? {} : { principalHint: principal.hint }),
    // An identity may live in another subscription than the cluster; a role is named by the subscription of its scope.
    subscriptionId: subscriptionOf(scope) ?? cluster.subscriptionId,
    madeBy: makerOf(cluster),
  };
}

/** Clusters of one name are common (one in each stage's group or subscription), and may share an assignment. */
function makerOf({ name, resourceGroup, subscriptionId }: AksCluster): string {
  const subscription = subscriptionId.split('-')[0] ?? subscriptionId;
  return `AksRoleGrants for cluster ${name} (resource group ${resourceGroup}, subscription ${subscription})`;
}

function group(label: string, name: string, { subscriptionId }: AksCluster): Scope {
  return { scope: resourceGroupScope(subscriptionId, name), scopeLabel: `${label} ${name}` };
}

/** None for an identity that is no resource of its own. */
function identityScopes({ resourceId, name }: Pick<Grantee, 'resourceId' | 'name'>): readonly Scope[] {
  return resourceId === undefined ? [] : [{ scope: resourceId, scopeLabel: `identity ${name}` }];
}

function labelOf(scope: string): string {
  return parseResourceId(scope)?.name ?? /\/resourceGroups\/([^/]+)$/i.exec(scope)?.[1] ?? scope;
}
