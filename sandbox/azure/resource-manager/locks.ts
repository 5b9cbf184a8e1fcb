/** Microsoft.Authorization/locks: read-only here; a scenario says which there are. */
import type { SandboxResponse } from '../../kit/http-server.ts';
import type { LockSpec } from '../../scenario/types.ts';
import { sameScope, sameText } from '../state/resource-id.ts';
import { versions } from './api-versions.ts';
import { ArmRefusal } from './refusal.ts';
import { ok, param, type Call, type Route } from './route.ts';

const provider = '{scope}/providers/Microsoft.Authorization';
const action = 'Microsoft.Authorization/locks/read';

export const lockRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: `${provider}/locks`,
    versions: versions.locks,
    action,
    scope: ({ scope = '' }) => `${scope}/providers/Microsoft.Authorization`,
    handle: list,
  },
  { method: 'GET', pattern: `${provider}/locks/{name}`, versions: versions.locks, action, handle: get },
];

/** At the scope, above and below it; `atScope()` leaves out what is below. */
function list(call: Call): SandboxResponse {
  const { locks, hierarchy } = call.world;
  const [scope, filter] = [param(call, 'scope'), call.query.get('$filter')?.trim() ?? ''];
  if (filter !== '' && !/^atScope\(\)$/i.test(filter)) {
    throw new ArmRefusal(
      400,
      'InvalidFilterInQueryString',
      `Invalid $filter '${filter}' specified in the query string.`,
    );
  }
  const found = locks.filter(
    (lock) => hierarchy.covers(lock.scope, scope) || (filter === '' && hierarchy.covers(scope, lock.scope)),
  );
  return ok({ value: found.map(lockBody) });
}

function get(call: Call): SandboxResponse {
  const name = param(call, 'name');
  const found = call.world.locks.find(
    (lock) => sameText(lock.name, name) && sameScope(lock.scope, param(call, 'scope')),
  );
  if (!found) throw new ArmRefusal(404, 'LockNotFound', `The lock '${name}' could not be found.`);
  return ok(lockBody(found));
}

function lockBody({ name, scope, level, notes }: LockSpec): object {
  return {
    properties: { level, ...(notes === undefined ? {} : { notes }) },
    id: `${scope}/providers/Microsoft.Authorization/locks/${name}`,
    type: 'Microsoft.Authorization/locks',
    name,
  };
}
