/**
 * Azure RBAC's decision. Source: "How Azure RBAC determines if a user has access to a resource": a role assignment at the
 * scope or above it must carry the action and its condition must hold; then no deny assignment may apply.
 */
import type { DenyAssignment } from '../state/deny-assignments.ts';
import { lockdowns } from '../state/deny-assignments.ts';
import { sameScope, sameText } from '../state/resource-id.ts';
import type { RoleAssignment } from '../state/role-assignments.ts';
import type { RoleDefinition } from '../state/role-definition.ts';
import type { World } from '../state/world.ts';
import { matchesAction } from './action-pattern.ts';
import type { Attributes } from './condition/condition.ts';
import { conditionHolds } from './condition/evaluate.ts';

export interface Question {
  readonly objectId: string;
  readonly action: string;
  readonly scope: string;
  /** What conditions may ask about. */
  readonly attributes?: Attributes | undefined;
  /** Name of the vault whose data plane asks. */
  readonly vault?: string;
}

/** One assignment is enough; notActions take away only from their own role. Deny assignments are {@link denialAt}'s. */
export function isAllowed(world: World, question: Question): boolean {
  const { action } = question;
  return grantsAt(world, question).some(
    ({ role, assignment }) =>
      carries(role.actions, role.notActions, action) && fulfilled({ role, assignment }, question),
  );
}

/** The same for data actions, which no action carries. */
export function isDataAllowed(world: World, question: Question): boolean {
  const { action } = question;
  return grantsAt(world, question).some(
    ({ role, assignment }) =>
      carries(role.dataActions, role.notDataActions, action) && fulfilled({ role, assignment }, question),
  );
}

/** True where the principal holds any role at the scope, above it or below it. */
export function isKnownAt(world: World, objectId: string, scope: string): boolean {
  const { hierarchy } = world;
  return effective(world, objectId).some(
    (assignment) => hierarchy.covers(assignment.scope, scope) || hierarchy.covers(scope, assignment.scope),
  );
}

export interface Grant {
  readonly role: RoleDefinition;
  readonly assignment: RoleAssignment;
}

/** What a principal holds at a scope or above it. */
export function grantsAt(
  world: World,
  { objectId, scope, vault }: Pick<Question, 'objectId' | 'scope' | 'vault'>,
): readonly Grant[] {
  const { hierarchy, roles } = world;
  return effective(world, objectId, vault)
    .filter(({ scope: outer }) => hierarchy.covers(outer, scope))
    .flatMap((assignment) =>
      roles.filter(({ id }) => sameText(id, assignment.roleId)).map((role) => ({ role, assignment })),
    );
}

/** A principal's assignments that have been replicated to where the question is asked. */
function effective({ assignments, delays }: World, objectId: string, vault?: string): readonly RoleAssignment[] {
  if (!delays.delaysAssignments) return assignments.of(objectId);
  return assignments
    .seen((assignment) => delays.ofAssignment(assignment, vault))
    .filter(({ principalId }) => sameText(principalId, objectId));
}

/** The deny assignment that takes an action (or, with `data`, a data action) away from whoever may do it. */
export function denialAt(
  world: World,
  question: Question,
  kind: 'action' | 'data' = 'action',
): DenyAssignment | undefined {
  return denialsOf(world).find((denial) => {
    const [named, excepted] =
      kind === 'action' ? [denial.actions, denial.notActions] : [denial.dataActions, denial.notDataActions];
    return carries(named, excepted, question.action) && concerns(world, denial, question);
  });
}

export function denialsOf({ denyAssignments, clusters }: World): readonly DenyAssignment[] {
  return [...denyAssignments, ...lockdowns(clusters)];
}

function concerns({ hierarchy }: World, denial: DenyAssignment, { objectId, scope }: Question): boolean {
  const isNamed = (ids: readonly string[]): boolean => ids.some((id) => sameText(id, objectId));
  if (isNamed(denial.excludePrincipals)) return false;
  if (denial.principals.length > 0 && !isNamed(denial.principals)) return false;
  return denial.doNotApplyToChildScopes
    ? sameScope(denial.scope, withoutExtension(scope))
    : hierarchy.covers(denial.scope, scope);
}

/** What is about a scope (its role assignments) belongs to the scope itself and is no child of it. */
function withoutExtension(scope: string): string {
  return scope.replace(/\/providers\/microsoft\.authorization(\/.*)?$/i, '');
}

function carries(named: readonly string[], excepted: readonly string[], action: string): boolean {
  const matches = (patterns: readonly string[]): boolean => patterns.some((pattern) => matchesAction(pattern, action));
  return matches(named) && !matches(excepted);
}

/** The role's own condition and the assignment's. */
function fulfilled({ role, assignment }: Grant, { action, attributes = {} }: Question): boolean {
  return [role.condition, assignment.condition].every(
    (condition) => condition === undefined || conditionHolds(condition, action, attributes),
  );
}
