/** Microsoft.Authorization/permissions: what the caller's own roles carry at a scope; open to every caller. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { rolesAt } from '../authorization/decide.ts';
import { versions } from './api-versions.ts';
import { ok, param, type Call, type Route } from './route.ts';
import { shapedFor } from './shapes.ts';

export const permissionRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '{scope}/providers/Microsoft.Authorization/permissions',
    versions: versions.permissions,
    handle: list,
  },
];

function list(call: Call): SandboxResponse {
  const value = rolesAt(call.world, call.caller.objectId, param(call, 'scope')).map(
    ({ actions, notActions, dataActions }) =>
      shapedFor(call, 'permission', { actions, notActions, dataActions, notDataActions: [] }),
  );
  return ok({ value });
}
