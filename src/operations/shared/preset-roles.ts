import type { AksCluster, Grantee } from '../../azure/aks-cluster.ts';
import { resourceGroupScope } from '../../azure/resource-id.ts';
import type { Role } from '../../azure/role-lookup.ts';
import { builtInRoles } from '../../azure/roles.ts';
import type { RoleAssignmentSpec } from '../../resources/role-assignment/spec.ts';
import { assertNever } from '../../runtime/assert-never.ts';

/** Sets of roles that belong together: what AksRoleGrants makes, and what IdentityDoctor looks for. */
export type Preset = 'podIdentity' | 'podIdentityClassic' | 'none';

/** Whom MIC acts as, and so who gets the preset's roles: the kubelet identity, or the service principal of the cluster. */
export interface ActingPrincipal extends Pick<Grantee, 'name' | 'objectId'> {
  /** Undefined for a service principal, which is no resource in Azure. */
  readonly resourceId?: string;
  /** What to look at where Microsoft Entra does not know it. */
  readonly hint?: string;
}

export interface GrantParties {
  readonly cluster: AksCluster;
  /** What MIC acts as. */
  readonly kubelet: ActingPrincipal;
  /** What pods act as, or the control plane where that was chosen. */
  readonly identity: Grantee;
}

export interface RoleScope {
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
    scope: RoleScope,
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

export function subscriptionOf(scope: string): string | undefined {
  return /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1];
}

export function specOf(
  role: Role,
  principal: Pick<ActingPrincipal, 'name' | 'objectId' | 'hint'>,
  { scope, scopeLabel }: RoleScope,
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

function group(label: string, name: string, { subscriptionId }: AksCluster): RoleScope {
  return { scope: resourceGroupScope(subscriptionId, name), scopeLabel: `${label} ${name}` };
}

/** None for an identity that is no resource of its own. */
function identityScopes({ resourceId, name }: Pick<Grantee, 'resourceId' | 'name'>): readonly RoleScope[] {
  return resourceId === undefined ? [] : [{ scope: resourceId, scopeLabel: `identity ${name}` }];
}
