import type { RoleAssignment, RoleAssignmentCreateParameters } from '@azure/arm-authorization';
import { subscriptionScope } from '../../azure/resource-id.ts';
import { armGuid } from '../../runtime/guid.ts';
import type { Marker } from './marker.ts';
import { newMarker, isShared, withMaker, withoutMaker, writeMarker } from './marker.ts';
import type { FoundAssignment, RoleAssignmentSpec } from './spec.ts';
import { markerOf } from './spec.ts';

/** Name and body of a PUT. */
export interface AssignmentRequest {
  readonly name: string;
  readonly body: RoleAssignmentCreateParameters;
}

export function creation(spec: RoleAssignmentSpec): AssignmentRequest {
  const { condition, note, madeBy } = spec;
  const body = bodyOf(spec, condition ?? '', newMarker(madeBy, note));
  return { name: armGuid(spec.scope, spec.principalId, body.roleDefinitionId), body };
}

/** The same name again changes the assignment in place: it becomes what the spec says. */
export function update(spec: RoleAssignmentSpec, have: FoundAssignment): AssignmentRequest {
  const { condition, note, madeBy } = spec;
  const before = markerOf(have) ?? newMarker(madeBy);
  const own = note === undefined || isShared(before, madeBy) ? before : { ...before, note };
  return { name: nameOf(have), body: bodyOf(spec, condition ?? '', withMaker(own, madeBy)) };
}

/** The assignment stays as it is for those who still need it. */
export function release(spec: RoleAssignmentSpec, have: FoundAssignment): AssignmentRequest {
  const before = markerOf(have) ?? newMarker(spec.madeBy);
  return { name: nameOf(have), body: bodyOf(spec, have.condition, withoutMaker(before, spec.madeBy)) };
}

function nameOf({ id }: FoundAssignment): string {
  return id.split('/').at(-1) ?? '';
}

function bodyOf(
  { subscriptionId, roleId, principalId }: RoleAssignmentSpec,
  condition: string,
  marker: Marker,
): RoleAssignmentCreateParameters {
  return {
    roleDefinitionId: `${subscriptionScope(subscriptionId)}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
    principalId,
    principalType: 'ServicePrincipal',
    description: writeMarker(marker),
    ...(condition === '' ? {} : { condition, conditionVersion: '2.0' }),
  };
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
