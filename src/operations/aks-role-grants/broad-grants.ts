import { covers, parseResourceId } from '../../azure/resource-id.ts';
import type { RoleAssignmentSpec } from '../../resources/role-assignment/spec.ts';
import { sameIgnoringCase } from '../../runtime/text.ts';
import type { GrantParties } from '../shared/preset-roles.ts';

export interface BroadGrant {
  readonly spec: RoleAssignmentSpec;
  /** What would be enough: `Managed Identity Operator at identity app is enough`. */
  readonly narrower: string;
}

type Rule = (spec: RoleAssignmentSpec, parties: GrantParties) => string | undefined;

/** Roles that can do everything, or give it to themselves. */
const PRIVILEGED = ['Owner', 'Contributor', 'User Access Administrator', 'Role Based Access Control Administrator'];

/** The first rule that has something to say counts. Source of what MIC needs: role-assignment page of AAD Pod Identity. */
const rules: readonly Rule[] = [
  ({ roleName, principalId, scope }, { kubelet, identity }) =>
    roleName === 'Managed Identity Operator' &&
    principalId === kubelet.objectId &&
    !/\/userAssignedIdentities\/[^/]+$/i.test(scope)
      ? `${roleName} at the identity that pods use, ${identity.name}, is enough`
      : undefined,
  ({ roleName, principalId, scope }, { kubelet, cluster }) =>
    roleName === 'Virtual Machine Contributor' &&
    principalId === kubelet.objectId &&
    !covers(cluster.nodeResourceGroupScope, scope)
      ? `${roleName} at the node resource group ${cluster.nodeResourceGroup}, where the scale sets are, is enough`
      : undefined,
  ({ roleName, scope }) =>
    PRIVILEGED.some((role) => sameIgnoringCase(role, roleName)) && parseResourceId(scope) === undefined
      ? 'a role with only the actions that the pods need is enough'
      : undefined,
  ({ roleName, scope }) =>
    /^Key Vault /i.test(roleName) && parseResourceId(scope) === undefined && !/\/secrets\/[^/]+$/i.test(scope)
      ? `${roleName} at the one vault is enough (KeyVaultGrant@1 does that)`
      : undefined,
  ({ roleName, scope }) =>
    /\/resourceGroups\//i.test(scope) ? undefined : `${roleName} at a resource group or resource is enough`,
];

/** The grants that let an identity do more than it needs. Pure. */
export function broadGrants(specs: readonly RoleAssignmentSpec[], parties: GrantParties): readonly BroadGrant[] {
  return specs.flatMap((spec) => {
    const narrower = rules.map((rule) => rule(spec, parties)).find((each) => each !== undefined);
    return narrower === undefined ? [] : [{ spec, narrower }];
  });
}
