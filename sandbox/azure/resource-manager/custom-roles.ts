/** Custom roles: making, changing and deleting them. Refusals: Microsoft's page on troubleshooting Azure RBAC. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { hasGuidForm } from '../state/principals.ts';
import { sameText } from '../state/resource-id.ts';
import type { RoleDefinition } from '../state/role-definition.ts';
import { versions } from './api-versions.ts';
import { authorize } from './authorize.ts';
import { ArmRefusal } from './refusal.ts';
import { roleBody } from './role-definitions.ts';
import { ok, param, type Call, type Route } from './route.ts';
import { shapedFor } from './shapes.ts';

const one = {
  pattern: '{scope}/providers/Microsoft.Authorization/roleDefinitions/{name}',
  versions: versions.roleDefinitions,
};

export const customRoleRoutes: readonly Route[] = [
  // The scopes where it can be assigned decide, too: the routes ask RBAC themselves.
  { ...one, method: 'PUT', handle: put },
  { ...one, method: 'DELETE', handle: remove },
];

function put(call: Call): SandboxResponse {
  const { world } = call;
  const role = readRole(call);
  for (const scope of role.assignableScopes) authorize(call, 'Microsoft.Authorization/roleDefinitions/write', scope);
  const before = changeable(call);
  if (world.roles.some(({ id, name }) => !sameText(id, role.id) && sameText(name, role.name))) {
    throw refusal(
      409,
      'RoleDefinitionWithSameNameExists',
      'A custom role with the same name already exists in this directory. Use a different name.',
    );
  }
  world.roles = [...world.roles.filter((each) => each !== before), role];
  return ok(bodyOf(call, role), 201);
}

function remove(call: Call): SandboxResponse {
  const found = changeable(call);
  for (const scope of found?.assignableScopes ?? [param(call, 'scope')]) {
    authorize(call, 'Microsoft.Authorization/roleDefinitions/delete', scope);
  }
  if (!found) return { status: 204 };
  const { world } = call;
  if (world.assignments.all().some(({ roleId }) => sameText(roleId, found.id))) {
    throw refusal(
      400,
      'RoleDefinitionHasAssignments',
      'There are existing role assignments referencing role (code: RoleDefinitionHasAssignments)',
    );
  }
  world.roles = world.roles.filter((each) => each !== found);
  return ok(bodyOf(call, found));
}

/** The role of this id; undefined where there is none. @throws ArmRefusal for a built-in one */
function changeable(call: Call): RoleDefinition | undefined {
  const found = call.world.roles.find(({ id }) => sameText(id, param(call, 'name')));
  // Code and text: the sandbox's own.
  if (found && !found.custom) throw refusal(400, 'BadRequest', `The built-in role '${found.name}' cannot be changed.`);
  return found;
}

interface WrittenRole {
  readonly roleName?: unknown;
  readonly description?: unknown;
  readonly assignableScopes?: unknown;
  readonly permissions?: unknown;
}

/** Codes and texts of these refusals: the sandbox's own. */
function readRole(call: Call): RoleDefinition {
  const id = param(call, 'name');
  if (!hasGuidForm(id)) throw refusal(400, 'InvalidRoleDefinitionId', `The role definition ID '${id}' must be a GUID.`);
  const { properties = {} } = (call.body ?? {}) as { readonly properties?: WrittenRole };
  const { roleName, description, assignableScopes } = properties;
  if (typeof roleName !== 'string' || roleName === '') throw refusal(400, 'BadRequest', 'A role has a name.');
  return {
    name: roleName,
    id: id.toLowerCase(),
    description: typeof description === 'string' ? description : '',
    custom: true,
    assignableScopes: scopesOf(assignableScopes),
    ...permissionsOf(properties),
  };
}

function scopesOf(written: unknown): readonly string[] {
  const scopes = texts(written);
  if (scopes.length > 0 && !scopes.includes('/')) return scopes;
  throw refusal(400, 'BadRequest', 'A custom role has at least one assignable scope, which is not the root.');
}

function permissionsOf({
  permissions,
}: WrittenRole): Pick<RoleDefinition, 'actions' | 'notActions' | 'dataActions' | 'notDataActions'> {
  const [written = {}] = (permissions ?? []) as readonly Readonly<Record<string, unknown>>[];
  return {
    actions: texts(written['actions']),
    notActions: texts(written['notActions']),
    dataActions: texts(written['dataActions']),
    notDataActions: texts(written['notDataActions']),
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function bodyOf(call: Call, role: RoleDefinition): object {
  return shapedFor(call, 'roleDefinition', roleBody(role, param(call, 'scope')));
}

function refusal(status: number, code: string, message: string): ArmRefusal {
  return new ArmRefusal(status, code, message);
}
