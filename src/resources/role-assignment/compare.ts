import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Difference, FieldChange, Observed, Presence } from '../../engine/resource.ts';
import { carriesMarker, noteOf } from './spec.ts';
import type { FoundAssignment, RoleAssignmentSpec, RoleAssignmentState } from './spec.ts';

/**
 * An equal assignment counts whatever its name is. An inherited one counts, too (one more would add nothing), unless a
 * task made it: half a run of a plan that grants a role at two scopes, one above the other, must not hide its own rest,
 * and a removal elsewhere must not take away what is wanted here.
 */
export function compareRoleAssignment(
  spec: RoleAssignmentSpec,
  observed: Observed<RoleAssignmentState>,
  wanted: Presence,
): Difference {
  const { here, above, orphaned } = observed.found ? observed.state : { here: [], above: [], orphaned: [] };
  if (wanted === 'absent') return compareRemoval(here);
  if (spec.blocked) return { action: 'blocked', diagnostic: spec.blocked };
  const [equal] = here;
  if (equal) return compareExisting(spec, equal);
  const inherited = above.find((each) => !carriesMarker(each) && isAtLeast(each, spec));
  if (inherited) return { action: 'none', note: `inherited from ${inherited.scope}` };
  const ids = orphaned.map(({ id }) => id).join(', ');
  return ids === ''
    ? { action: 'create' }
    : { action: 'create', note: `orphaned beside it, principal deleted: ${ids}` };
}

function compareRemoval(here: readonly FoundAssignment[]): Difference {
  if (here.some(carriesMarker)) return { action: 'delete' };
  return { action: 'none', note: here.length > 0 ? 'stays: not made by this task' : 'not there' };
}

/** Azure allows one assignment for each role, principal and scope, so another condition means changing this one. */
function compareExisting(spec: RoleAssignmentSpec, have: FoundAssignment): Difference {
  const condition = spec.condition ?? '';
  if (!carriesMarker(have)) {
    if (have.condition === condition) return { action: 'none', note: 'exists' };
    const message = `${spec.roleName} for ${spec.principalLabel} at ${spec.scopeLabel} exists with ${said(have.condition)}, and this task did not make it; wanted is ${said(condition)}.`;
    return { action: 'blocked', diagnostic: diagnostic('GRA008', { message }) };
  }
  const fields = [...changed('condition', have.condition, condition), ...changedNote(spec, have)];
  return fields.length === 0 ? { action: 'none', note: 'exists' } : { action: 'update', fields };
}

/** A description that the line does not give stays as it is. */
function changedNote({ note }: RoleAssignmentSpec, have: FoundAssignment): readonly FieldChange[] {
  return note === undefined ? [] : changed('description', noteOf(have) ?? '', note);
}

function changed(field: string, from: string, to: string): readonly FieldChange[] {
  return from === to ? [] : [{ field, from: from || 'none', to: to || 'none' }];
}

function isAtLeast(have: FoundAssignment, { condition = '' }: RoleAssignmentSpec): boolean {
  return have.condition === '' || have.condition === condition;
}

function said(condition: string): string {
  return condition === '' ? 'no condition' : `the condition "${condition}"`;
}
