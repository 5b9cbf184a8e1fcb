/** `$filter` of role assignment lists. Source: the specification's operation descriptions and the role-assignments-list page. */
import type { RoleAssignment } from '../state/role-assignments.ts';
import type { Hierarchy } from '../state/management-groups.ts';
import { sameText } from '../state/resource-id.ts';
import { ArmRefusal } from './refusal.ts';

/** At, above and below the scope; `atScope()` leaves out what is below. @throws ArmRefusal 400 */
export function selectAssignments(
  all: readonly RoleAssignment[],
  { scope, hierarchy }: { readonly scope: string; readonly hierarchy: Hierarchy },
  filter: string | null,
): readonly RoleAssignment[] {
  const terms = (filter ?? '').split(/\s+and\s+/i).map((term) => term.trim());
  const predicates = terms.filter((term) => term !== '').map((term) => predicate(term, scope, hierarchy));
  return all
    .filter((assignment) => hierarchy.covers(assignment.scope, scope) || hierarchy.covers(scope, assignment.scope))
    .filter((assignment) => predicates.every((matches) => matches(assignment)));
}

const PRINCIPAL = /^(?:principalId eq '([^']*)'|assignedTo\('([^']*)'\))$/i;

/** Whose assignments alone can fit; undefined where the filter names nobody, or more than that. */
export function principalOf(filter: string | null): string | undefined {
  const [, first, second] = PRINCIPAL.exec(filter?.trim() ?? '') ?? [];
  return first ?? second;
}

function predicate(term: string, scope: string, { covers }: Hierarchy): (assignment: RoleAssignment) => boolean {
  if (/^atScope\(\)$/i.test(term)) return (assignment) => covers(assignment.scope, scope);
  const principal = PRINCIPAL.exec(term);
  const id = principal?.[1] ?? principal?.[2];
  if (id === undefined)
    throw new ArmRefusal(
      400,
      'BadRequest',
      `The filter '${term}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{value}' or assignedTo('{value}')'.`,
    );
  return ({ principalId }) => sameText(principalId, id);
}
