/** RBAC's decision as a refusal. */
import { denialAt, isAllowed } from '../authorization/decide.ts';
import type { World } from '../state/world.ts';
import { armErrors, type Caller } from './errors.ts';

/** @throws ArmRefusal 403 */
export function authorize(
  { world, caller }: { readonly world: World; readonly caller: Caller },
  action: string,
  scope: string,
  grants?: string,
): void {
  const { objectId } = caller;
  if (!isAllowed(world, { objectId, action, scope, grants }))
    throw armErrors.authorizationFailed(caller, action, scope);
  const denial = denialAt(world, action, scope);
  if (denial) throw armErrors.denied(caller, { action, scope }, denial);
}
