import type { Difference, Observed, Presence } from '../../engine/resource.ts';
import { carriesMarker } from './spec.ts';
import type { RoleAssignmentSpec, RoleAssignmentState } from './spec.ts';

/** An equal assignment counts whatever its name is; an inherited one counts, too: one more would add nothing. */
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
  const [inherited] = above;
  return inherited ? { action: 'none', note: `inherited from ${inherited.scope}` } : { action: 'create' };
}
