import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Difference, FieldChange, Observed, Presence } from '../../engine/resource.ts';
import type { Marker } from './marker.ts';
import { includesMaker, isShared, makersText, withMaker, withoutMaker } from './marker.ts';
import type { FoundAssignment, RoleAssignmentSpec, RoleAssignmentState } from './spec.ts';
import { markerOf } from './spec.ts';

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
  const state = observed.found ? observed.state : { here: [], above: [] };
  if (wanted === 'absent') return compareRemoval(spec, state);
  if (spec.idle !== undefined) return { action: 'none', note: `does not count: ${spec.idle}` };
  const { obstacle } = spec;
  const difference = compareGrant(spec, state);
  if (!obstacle || (difference.action === 'none' && !obstacle.evenIfThere)) return difference;
  return { action: 'blocked', diagnostic: obstacle.diagnostic };
}

function compareGrant(spec: RoleAssignmentSpec, { here, above }: RoleAssignmentState): Difference {
  const [equal] = here;
  if (equal) return compareExisting(spec, equal);
  const inherited = above.find((each) => !markerOf(each) && isAtLeast(each, spec));
  return inherited ? { action: 'none', note: `inherited from ${inherited.scope}` } : { action: 'create' };
}

/** Azure allows one assignment for each role, principal and scope, so another condition means changing this one. */
function compareExisting(spec: RoleAssignmentSpec, have: FoundAssignment): Difference {
  const condition = spec.condition ?? '';
  const marker = markerOf(have);
  const shared = marker !== undefined && isShared(marker, spec.madeBy);
  if ((!marker || shared) && have.condition !== condition) return anotherCondition(spec, have, marker);
  if (!marker) return { action: 'none', note: 'exists' };
  const fields = [
    ...changed('condition', have.condition, condition),
    ...(shared ? [] : changedNote(spec, marker)),
    ...changed('made for', makersText(marker), makersText(withMaker(marker, spec.madeBy))),
  ];
  if (fields.length > 0) return { action: 'update', fields };
  const others = makersText(withoutMaker(marker, spec.madeBy));
  return { action: 'none', note: shared ? `exists; also made for ${others}` : 'exists' };
}

function anotherCondition(
  { roleName, principalLabel, scopeLabel, condition = '' }: RoleAssignmentSpec,
  have: FoundAssignment,
  marker: Marker | undefined,
): Difference {
  const whose = marker ? `it is also made for ${makersText(marker)}` : 'this task did not make it';
  const message = `${roleName} for ${principalLabel} at ${scopeLabel} exists with ${said(have.condition)}, and ${whose}; wanted is ${said(condition)}.`;
  return { action: 'blocked', diagnostic: diagnostic('GRA008', { message }) };
}

/** Only what this task made, for this cluster or vault, and only where nobody else needs it, goes away. */
function compareRemoval({ madeBy, idle }: RoleAssignmentSpec, { here, above }: RoleAssignmentState): Difference {
  const [equal] = here;
  if (!equal) {
    const wider = above.map(({ scope }) => scope);
    return { action: 'none', note: wider.length === 0 ? 'not there' : `not there; stays at ${wider.join(', ')}` };
  }
  const marker = markerOf(equal);
  if (!marker) return { action: 'none', note: 'stays: not made by this task' };
  if (!includesMaker(marker, madeBy)) return { action: 'none', note: `stays: made for ${makersText(marker)}` };
  if (!isShared(marker, madeBy))
    return { action: 'delete', ...(idle === undefined ? {} : { note: `did not count: ${idle}` }) };
  const rest = withoutMaker(marker, madeBy);
  return {
    action: 'update',
    fields: changed('made for', makersText(marker), makersText(rest)),
    note: `stays for ${makersText(rest)}`,
  };
}

/** A description that the line does not give stays as it is. */
function changedNote({ note }: RoleAssignmentSpec, marker: Marker): readonly FieldChange[] {
  return note === undefined ? [] : changed('description', marker.note ?? '', note);
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
