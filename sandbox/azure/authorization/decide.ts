/** Azure RBAC's decision: role assignments with inheritance, and the deny assignment of locked node groups. */
import { stableGuid } from '../../scenario/ids.ts';
import { covers, groupId, sameText } from '../state/resource-id.ts';
import type { RoleDefinition } from '../state/role-definition.ts';
import type { World } from '../state/world.ts';
import { matchesAction } from './action-pattern.ts';

export interface Question {
  readonly objectId: string;
  readonly action: string;
  readonly scope: string;
  /** GUID of the role that is about to be assigned or unassigned. */
  readonly grants?: string | undefined;
}

/** One assignment is enough; notActions take away only from their own role. */
export function isAllowed(world: World, { objectId, action, scope, grants }: Question): boolean {
  return rolesAt(world, objectId, scope).some(
    (role) => carries(role, action) && (grants === undefined || mayGrant(role, grants)),
  );
}

export function isDataAllowed(world: World, { objectId, action, scope }: Question): boolean {
  return rolesAt(world, objectId, scope).some(({ dataActions }) =>
    dataActions.some((pattern) => matchesAction(pattern, action)),
  );
}

/** True where the principal holds any role at the scope, above it or below it. */
export function isKnownAt(world: World, objectId: string, scope: string): boolean {
  return world.assignments
    .all()
    .some(
      (assignment) =>
        sameText(assignment.principalId, objectId) &&
        (covers(assignment.scope, scope) || covers(scope, assignment.scope)),
    );
}

/** The roles that a principal holds at a scope or above it. */
export function rolesAt(world: World, objectId: string, scope: string): readonly RoleDefinition[] {
  return world.assignments
    .all()
    .filter((assignment) => sameText(assignment.principalId, objectId) && covers(assignment.scope, scope))
    .flatMap(({ roleId }) => world.roles.filter(({ id }) => sameText(id, roleId)));
}

function carries({ actions, notActions }: RoleDefinition, action: string): boolean {
  const named = (patterns: readonly string[]): boolean => patterns.some((pattern) => matchesAction(pattern, action));
  return named(actions) && !named(notActions);
}

function mayGrant({ grantableRoles }: RoleDefinition, roleId: string): boolean {
  return grantableRoles?.some((id) => sameText(id, roleId)) ?? true;
}

export interface DenyAssignment {
  readonly name: string;
  readonly id: string;
  readonly scope: string;
}

/** The deny assignment that AKS puts on a locked node resource group: everything but reading. */
export function denialAt(world: World, action: string, scope: string): DenyAssignment | undefined {
  if (/\/read$/i.test(action)) return undefined;
  const locked = world.clusters
    .filter(({ spec }) => spec.nodeRestriction === 'ReadOnly')
    .map(({ subscriptionId, spec }) => groupId(subscriptionId, spec.nodeResourceGroup))
    .find((group) => covers(group, scope));
  if (locked === undefined) return undefined;
  const name = 'AKS node resource group lockdown deny assignment';
  return { name, id: stableGuid('deny assignment', locked).replaceAll('-', ''), scope: locked };
}
