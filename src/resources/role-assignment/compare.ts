import type { Difference, Observed, Presence } from '../../engine/resource.ts';
import { carriesMarker } from './spec.ts';
import type { RoleAssignmentSpec, RoleAssignmentState } from './spec.ts';

/**
 * An equal assignment counts whatever its name is. An inherited one counts, too (one more would add nothing), unless a
 * task made it: half a run of a plan that grants a role at two scopes, one above the other, must not hide its own rest,
 * and a removal elsewhere must not take away what is wanted here.
 */
export function compareRoleAssignment(
  _spec: RoleAssignmentSpec,
  observed: Observed<RoleAssignmentState>,
  wanted: Presence,
): Difference {
  const { here, above } = observed.found ? observed.state : { here: [], above: [] };
  if (wanted === 'absent') {
    if (here.some(carriesMarker)) return { action: 'delete' };
    return here.length > 0
      ? { action: 'none', note: 'stays: not made by this task' }
      : { action: 'none', note: 'not there' };
  }
  if (here.length > 0) return { action: 'none', note: 'exists' };
  const inherited = above.find((each) => !carriesMarker(each));
  return inherited ? { action: 'none', note: `inherited from ${inherited.scope}` } : { action: 'create' };
}
