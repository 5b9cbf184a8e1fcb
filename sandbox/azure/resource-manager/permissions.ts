/** Microsoft.Authorization/permissions: what the caller's own roles carry at a scope; open to every caller. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import { grantsAt } from '../authorization/decide.ts';
import { versions } from './api-versions.ts';
import { permissionBody } from './role-definitions.ts';
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

/** An assignment's condition limits its role's permissions, as the role's own does. */
function list(call: Call): SandboxResponse {
  const grants = grantsAt(call.world, { objectId: call.caller.objectId, scope: param(call, 'scope') });
  const value = grants.map(({ role, assignment: { condition = role.condition } }) =>
    shapedFor(call, 'permission', permissionBody(condition === undefined ? role : { ...role, condition })),
  );
  return ok({ value });
}
