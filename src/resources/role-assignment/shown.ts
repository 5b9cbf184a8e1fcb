import { sameScope } from '../../azure/resource-id.ts';
import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Settlement, Wait } from '../../engine/settle.ts';
import { listOf, sameIgnoringCase } from '../../runtime/text.ts';
import type { RoleAssignmentAccess, WrittenAssignment } from './access.ts';
import type { FoundAssignment } from './spec.ts';

/** The part of {@link RoleAssignmentAccess} that this needs. */
type ShownAccess = Pick<RoleAssignmentAccess, 'written' | 'list'>;

/**
 * Waits until Azure's control plane shows what this run changed: the answer to "which roles does this principal have
 * here", groups included, which is what access is decided by. What was there before the run needs no request: the plan
 * has seen it.
 */
export function assignmentsShown(access: ShownAccess): Wait {
  return {
    what: 'Azure to show the role assignments',
    measure: (signal) => measure(access, signal),
    timedOut: (measured) => diagnostic('GRA012', { message: `Azure does not show all role assignments: ${measured}.` }),
  };
}

async function measure(access: ShownAccess, signal: AbortSignal): Promise<Settlement> {
  const { written } = access;
  if (written.length === 0) return { state: 'settled', measured: 'nothing was changed' };
  const lists = new Map<string, Promise<readonly FoundAssignment[]>>();
  const seen = await Promise.all(
    written.map(async (each) => {
      const { scope, principalId } = each.spec;
      const key = `${scope}|${principalId}`.toLowerCase();
      const listed = lists.get(key) ?? access.list(scope, `assignedTo('${principalId}')`, signal);
      lists.set(key, listed);
      return { ...each, found: (await listed).find((found) => isOf(each, found)) };
    }),
  );
  const deleted = seen.find(({ wanted, found }) => wanted === 'present' && found?.principalType === 'Unknown');
  if (deleted) return hopeless(deleted);
  const open = seen.filter(({ wanted, found }) => (wanted === 'present') !== (found !== undefined));
  const shown = `${String(seen.length - open.length)} of ${String(seen.length)} are as written`;
  if (open.length === 0) return { state: 'settled', measured: shown };
  const names = open.map(({ spec }) => `${spec.roleName} at ${spec.scopeLabel}`);
  return { state: 'waiting', measured: `${shown}, not yet ${listOf(names)}` };
}

function isOf({ spec }: WrittenAssignment, found: FoundAssignment): boolean {
  return (
    sameIgnoringCase(found.roleId, spec.roleId) &&
    sameIgnoringCase(found.principalId, spec.principalId) &&
    sameScope(found.scope, spec.scope)
  );
}

function hopeless({ spec }: WrittenAssignment): Settlement {
  const message = `${spec.roleName} at ${spec.scopeLabel} will never take effect: the identity ${spec.principalLabel} (object id ${spec.principalId}) was deleted.`;
  return { state: 'hopeless', diagnostic: diagnostic('GRA013', { message }) };
}
