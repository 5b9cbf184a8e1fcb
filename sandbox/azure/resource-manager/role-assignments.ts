/** Microsoft.Authorization/roleAssignments */
import { notImitated, type SandboxResponse } from '../../kit/http-server.ts';
import { NotImitatedCondition } from '../authorization/condition/condition.ts';
import { hasGuidForm } from '../state/principals.ts';
import type { RoleAssignment } from '../state/role-assignments.ts';
import { versions } from './api-versions.ts';
import { authorize } from './authorize.ts';
import { ArmRefusal } from './refusal.ts';
import { principalOf, selectAssignments } from './role-assignment-filter.ts';
import { assignmentAttributes, readAssignment } from './role-assignment-request.ts';
import { roleDefinitionId } from './role-definitions.ts';
import { ok, param, type Call, type Route } from './route.ts';
import { shapedFor } from './shapes.ts';

const provider = '{scope}/providers/Microsoft.Authorization';
const one = { pattern: `${provider}/roleAssignments/{name}`, versions: versions.roleAssignments };

export const roleAssignmentRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: `${provider}/roleAssignments`,
    versions: versions.roleAssignments,
    action: 'Microsoft.Authorization/roleAssignments/read',
    scope: ({ scope = '' }) => `${scope}/providers/Microsoft.Authorization`,
    pageSize: 200,
    handle: list,
  },
  { ...one, method: 'GET', action: 'Microsoft.Authorization/roleAssignments/read', handle: get },
  // Which role is granted decides, too: the route itself asks RBAC.
  { ...one, method: 'PUT', handle: put },
  { ...one, method: 'DELETE', handle: remove },
];

function list(call: Call): SandboxResponse {
  const filter = call.query.get('$filter');
  const { hierarchy } = call.world;
  const found = selectAssignments(candidatesOf(call, filter), { scope: param(call, 'scope'), hierarchy }, filter);
  return ok({ value: found.map((each) => assignmentBody(call, each)) });
}

/** What the list knows already; with a principal in the filter, only its own. */
function candidatesOf({ world: { assignments, delays } }: Call, filter: string | null): readonly RoleAssignment[] {
  const delay = delays.ofReads('roleAssignments');
  if (delay > 0) return assignments.seen(() => delay);
  const principal = principalOf(filter);
  return principal === undefined ? assignments.all() : assignments.of(principal);
}

function get(call: Call): SandboxResponse {
  const name = param(call, 'name');
  const found = call.world.assignments.find(param(call, 'scope'), name);
  if (!found) {
    throw new ArmRefusal(404, 'RoleAssignmentNotFound', `The role assignment '${name}' is not found.`);
  }
  return ok(assignmentBody(call, found));
}

function put(call: Call): SandboxResponse {
  try {
    return write(call);
  } catch (error) {
    if (!(error instanceof NotImitatedCondition)) throw error;
    return notImitated(`conditions with ${error.message}`, 'sandbox/azure/authorization/condition');
  }
}

function write(call: Call): SandboxResponse {
  const wanted = readAssignment(call, (request) => {
    authorize(call, 'Microsoft.Authorization/roleAssignments/write', call.path, { request });
  });
  const outcome = call.world.assignments.put(wanted);
  switch (outcome.outcome) {
    case 'created':
      return ok(assignmentBody(call, outcome.assignment), 201);
    case 'updated':
      return ok(assignmentBody(call, outcome.assignment));
    case 'exists':
      throw new ArmRefusal(
        409,
        'RoleAssignmentExists',
        `The role assignment already exists. The ID of the existing role assignment is ${outcome.existing.name.replaceAll('-', '').toLowerCase()}.`,
      );
    case 'taken':
      throw new ArmRefusal(
        400,
        'RoleAssignmentUpdateNotPermitted',
        'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
      );
    case 'limit':
      throw new ArmRefusal(
        400,
        'RoleAssignmentLimitExceeded',
        'No more role assignments can be created (code: RoleAssignmentLimitExceeded)',
      );
  }
}

function remove(call: Call): SandboxResponse {
  const [scope, name] = [param(call, 'scope'), param(call, 'name')];
  const found = hasGuidForm(name) ? call.world.assignments.find(scope, name) : undefined;
  authorizeRemoval(call, found);
  if (!found) return { status: 204 };
  call.world.assignments.remove(scope, name);
  return ok(assignmentBody(call, found));
}

/** Conditions ask about the assignment that is there; that removing what is not there is refused, too, is assumed. */
function authorizeRemoval(call: Call, found: RoleAssignment | undefined): void {
  const action = 'Microsoft.Authorization/roleAssignments/delete';
  authorize(call, action, call.path, found ? { resource: assignmentAttributes(found) } : {});
}

function assignmentBody(call: Call, assignment: RoleAssignment): object {
  const { name, scope, roleId } = assignment;
  return shapedFor(call, 'roleAssignment', {
    properties: {
      roleDefinitionId: roleDefinitionId(roleId, scope),
      principalId: assignment.principalId,
      principalType: assignment.principalType,
      scope,
      condition: assignment.condition ?? null,
      conditionVersion: assignment.conditionVersion ?? null,
      createdOn: assignment.createdOn,
      updatedOn: assignment.updatedOn,
      createdBy: assignment.createdBy,
      updatedBy: assignment.updatedBy,
      delegatedManagedIdentityResourceId: assignment.delegatedManagedIdentityResourceId ?? null,
      description: assignment.description ?? null,
    },
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    type: 'Microsoft.Authorization/roleAssignments',
    name,
  });
}
