/** RBAC's decision and management locks as refusals. */
import type { Attributes } from '../authorization/condition/condition.ts';
import { denialAt, isAllowed } from '../authorization/decide.ts';
import type { LockSpec } from '../../scenario/types.ts';
import type { World } from '../state/world.ts';
import { armErrors, type Caller } from './errors.ts';

/** Locks hold against everybody, so they come last. @throws ArmRefusal 403, 409 */
export function authorize(
  { world, caller }: { readonly world: World; readonly caller: Caller },
  action: string,
  scope: string,
  attributes?: Attributes,
): void {
  const question = { objectId: caller.objectId, action, scope, attributes };
  if (!isAllowed(world, question)) throw armErrors.authorizationFailed(caller, action, scope);
  const denial = denialAt(world, question);
  if (denial) throw armErrors.denied(caller, { action, scope }, denial);
  requireUnlocked(world, action, scope);
}

/**
 * Source: "Lock your resources to protect your infrastructure": read-only locks stop writes and actions by POST; deleting is
 * stopped by both kinds, also by a lock on what is below.
 */
function requireUnlocked({ locks, hierarchy }: World, action: string, scope: string): void {
  const kind = /\/(read|delete)$/i.exec(action)?.[1]?.toLowerCase() ?? 'write';
  if (kind === 'read') return;
  const isInTheWay = (lock: LockSpec): boolean =>
    kind === 'delete'
      ? hierarchy.covers(lock.scope, scope) || hierarchy.covers(scope, lock.scope)
      : lock.level === 'ReadOnly' && hierarchy.covers(lock.scope, scope);
  const found = locks.filter(isInTheWay);
  if (found.length > 0)
    throw armErrors.scopeLocked(
      scope,
      kind === 'delete' ? 'delete' : 'write',
      found.map((lock) => lock.scope),
    );
}
