/** Microsoft.Management/managementGroups: list and get. */
import { notImitated, type SandboxResponse } from '../../kit/http-server.ts';
import { isAllowed } from '../authorization/decide.ts';
import { sameScope } from '../state/resource-id.ts';
import type { ManagementGroup } from '../state/management-groups.ts';
import { versions } from './api-versions.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, param, type Call, type Route } from './route.ts';

const action = 'Microsoft.Management/managementGroups/read';
const root = '/providers/Microsoft.Management/managementGroups';

export const managementGroupRoutes: readonly Route[] = [
  { method: 'GET', pattern: root, versions: versions.managementGroups, handle: list },
  { method: 'GET', pattern: `${root}/{name}`, versions: versions.managementGroups, action, handle: get },
];

/** Not refused but narrowed to what the caller may read. */
function list({ world, caller }: Call): SandboxResponse {
  const value = world.hierarchy.groups
    .filter(({ tenantId }) => tenantId === caller.tenantId)
    .filter(({ id }) => isAllowed(world, { objectId: caller.objectId, action, scope: id }))
    .map((group) => ({ ...head(group), properties: { tenantId: group.tenantId, displayName: group.displayName } }));
  return ok({ value });
}

function get(call: Call): SandboxResponse {
  if (call.query.has('$expand')) {
    return notImitated('$expand of management groups', 'sandbox/azure/resource-manager/management-groups.ts');
  }
  const { groups, groupNamed } = call.world.hierarchy;
  const name = param(call, 'name');
  const group = groupNamed(name);
  if (group?.tenantId !== call.caller.tenantId) {
    throw new ArmRefusal(404, 'NotFound', `Management group '${name}' not found.`);
  }
  const parent = groups.find(({ id }) => sameScope(id, group.parent ?? ''));
  const { tenantId, displayName } = group;
  const above = parent ? { parent: { id: parent.id, name: parent.name, displayName: parent.displayName } } : {};
  return ok({ ...head(group), properties: { tenantId, displayName, details: { version: 1, ...above } } });
}

function head({ id, name }: ManagementGroup): object {
  return { id, type: 'Microsoft.Management/managementGroups', name };
}
