import type { RoleAssignment, RoleAssignmentCreateParameters } from '@azure/arm-authorization';
import { subscriptionScope } from '../../azure/resource-id.ts';
import { armGuid } from '../../runtime/guid.ts';
import type { FoundAssignment, RoleAssignmentSpec } from './spec.ts';
import { marker } from './spec.ts';

/** Name and body of a PUT; `before`: of the assignment that is changed in place. */
export function request(
  spec: RoleAssignmentSpec,
  before: { readonly name: string; readonly description: string } | undefined,
): { readonly name: string; readonly body: RoleAssignmentCreateParameters } {
  const { scope, principalId, subscriptionId, roleId, condition, note, madeBy } = spec;
  const roleDefinitionId = `${subscriptionScope(subscriptionId)}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
  const body = {
    roleDefinitionId,
    principalId,
    principalType: 'ServicePrincipal',
    description: before && note === undefined ? before.description : marker(madeBy, note),
    ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
  };
  return { name: before?.name ?? armGuid(scope, principalId, roleDefinitionId), body };
}

export function describeAssignment(assignment: RoleAssignment): FoundAssignment {
  return {
    id: assignment.id ?? '',
    scope: assignment.scope ?? '',
    // The same role is written with or without a subscription in front; its GUID is what counts.
    roleId: assignment.roleDefinitionId?.split('/').at(-1) ?? '',
    principalId: assignment.principalId ?? '',
    description: assignment.description ?? '',
    condition: assignment.condition ?? '',
    principalType: assignment.principalType ?? '',
  };
}
