/** Microsoft.Authorization/roleDefinitions */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { sameText } from '../state/resource-id.ts';
import type { RoleDefinition } from '../state/role-definition.ts';
import type { World } from '../state/world.ts';
import { versions } from './api-versions.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, param, type Call, type Route } from './route.ts';
import { shapedFor } from './shapes.ts';

const provider = '{scope}/providers/Microsoft.Authorization';
const action = 'Microsoft.Authorization/roleDefinitions/read';

export const roleDefinitionRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: `${provider}/roleDefinitions`,
    versions: versions.roleDefinitions,
    action,
    scope: ({ scope = '' }) => `${scope}/providers/Microsoft.Authorization`,
    handle: list,
  },
  {
    method: 'GET',
    pattern: `${provider}/roleDefinitions/{name}`,
    versions: versions.roleDefinitions,
    action,
    handle: get,
  },
];

function list(call: Call): SandboxResponse {
  const scope = param(call, 'scope');
  const value = assignableAt(call.world, scope).filter(roleFilter(call.query.get('$filter')));
  return ok({ value: value.map((role) => shapedFor(call, 'roleDefinition', roleBody(role, scope))) });
}

function get(call: Call): SandboxResponse {
  const [scope, name] = [param(call, 'scope'), param(call, 'name')];
  const role = assignableAt(call.world, scope).find(({ id }) => sameText(id, name));
  if (!role) {
    throw new ArmRefusal(
      404,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${name}' does not exist.`,
    );
  }
  return ok(shapedFor(call, 'roleDefinition', roleBody(role, scope)));
}

/** Built-in roles and the custom roles of the scope's subscription. */
export function assignableAt({ roles, hierarchy }: World, scope: string): readonly RoleDefinition[] {
  return roles.filter(({ assignableScopes }) =>
    assignableScopes.some((place) => place === '/' || hierarchy.covers(place, scope)),
  );
}

/** Id as answers at this scope spell it: with the subscription where there is one. */
export function roleDefinitionId(roleId: string, scope: string): string {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? '';
  return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
}

function roleFilter(filter: string | null): (role: RoleDefinition) => boolean {
  if (filter === null || /^atScopeAndBelow\(\)$/i.test(filter)) return () => true;
  const [, field, value = ''] = /^(roleName|type) eq '((?:[^']|'')*)'$/i.exec(filter.trim()) ?? [];
  const wanted = value.replaceAll("''", "'");
  if (field === undefined) throw new ArmRefusal(400, 'BadRequest', `The filter '${filter}' is not supported.`);
  return field.toLowerCase() === 'rolename'
    ? ({ name }) => sameText(name, wanted)
    : (role) => sameText(typeOf(role), wanted);
}

function typeOf({ custom }: RoleDefinition): string {
  return custom ? 'CustomRole' : 'BuiltInRole';
}

/** With every property; {@link shapedFor} narrows it. */
export function permissionBody({
  actions,
  notActions,
  dataActions,
  notDataActions,
  condition,
}: RoleDefinition): object {
  const limit = condition === undefined ? {} : { condition, conditionVersion: '2.0' };
  return { actions, notActions, dataActions, notDataActions, ...limit };
}

export function roleBody(role: RoleDefinition, scope: string): object {
  const { id, name, description, assignableScopes } = role;
  return {
    id: roleDefinitionId(id, scope),
    name: id,
    type: 'Microsoft.Authorization/roleDefinitions',
    properties: {
      roleName: name,
      type: typeOf(role),
      description,
      assignableScopes,
      permissions: [permissionBody(role)],
      createdOn: '2020-01-01T00:00:00.0000000Z',
      updatedOn: '2020-01-01T00:00:00.0000000Z',
      createdBy: null,
      updatedBy: null,
    },
  };
}
