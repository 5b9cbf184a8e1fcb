/** Role assignments: names are unique in all of Azure, and so is (principal, role, scope). */
import { sameScope, sameText } from './resource-id.ts';

export interface RoleAssignment {
  /** GUID */
  readonly name: string;
  readonly scope: string;
  /** GUID of the role definition, lower case. */
  readonly roleId: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly description?: string;
  readonly condition?: string;
  readonly conditionVersion?: string;
  readonly delegatedManagedIdentityResourceId?: string;
  /** ISO 8601 */
  readonly createdOn: string;
  readonly updatedOn: string;
  /** Object id. */
  readonly createdBy: string;
  readonly updatedBy: string;
}

export type WantedAssignment = Omit<RoleAssignment, 'createdOn' | 'updatedOn' | 'updatedBy'>;

export type PutOutcome =
  | { readonly outcome: 'created' | 'updated'; readonly assignment: RoleAssignment }
  /** The same principal, role and scope under another name. */
  | { readonly outcome: 'exists'; readonly existing: RoleAssignment }
  /** The name stands for another principal, role or scope. */
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'limit' };

export interface RoleAssignments {
  all(): readonly RoleAssignment[];
  /** Names are compared in any letter case. */
  find(scope: string, name: string): RoleAssignment | undefined;
  put(wanted: WantedAssignment): PutOutcome;
  remove(scope: string, name: string): RoleAssignment | undefined;
}

/** Per subscription; source: Azure RBAC limits. */
export const maximumAssignments = 4000;

export function createRoleAssignments(initial: readonly WantedAssignment[]): RoleAssignments {
  let stored: readonly RoleAssignment[] = initial.map((assignment) => stamped(assignment, undefined));
  const find = (scope: string, name: string): RoleAssignment | undefined =>
    stored.find((assignment) => sameText(assignment.name, name) && sameScope(assignment.scope, scope));
  return {
    all: () => stored,
    find,
    put: (wanted) => {
      const named = stored.find(({ name }) => sameText(name, wanted.name));
      if (named && !sameGrant(named, wanted)) return { outcome: 'taken' };
      const equal = stored.find((assignment) => sameGrant(assignment, wanted));
      if (equal && !named) return { outcome: 'exists', existing: equal };
      if (!named && isFull(stored, wanted.scope)) return { outcome: 'limit' };
      const assignment = stamped(wanted, named);
      stored = [...stored.filter((other) => other !== named), assignment];
      return { outcome: named ? 'updated' : 'created', assignment };
    },
    remove: (scope, name) => {
      const found = find(scope, name);
      stored = stored.filter((assignment) => assignment !== found);
      return found;
    },
  };
}

function stamped(wanted: WantedAssignment, before: RoleAssignment | undefined): RoleAssignment {
  const now = new Date().toISOString();
  return {
    ...wanted,
    // The service keeps what was written first: names and scopes do not change their letter case later.
    name: before?.name ?? wanted.name,
    scope: before?.scope ?? wanted.scope,
    createdOn: before?.createdOn ?? now,
    createdBy: before?.createdBy ?? wanted.createdBy,
    updatedOn: now,
    updatedBy: wanted.createdBy,
  };
}

function sameGrant(left: WantedAssignment, right: WantedAssignment): boolean {
  return (
    sameText(left.principalId, right.principalId) &&
    sameText(left.roleId, right.roleId) &&
    sameScope(left.scope, right.scope)
  );
}

function isFull(stored: readonly RoleAssignment[], scope: string): boolean {
  const subscription = subscriptionOf(scope);
  return stored.filter((assignment) => subscriptionOf(assignment.scope) === subscription).length >= maximumAssignments;
}

function subscriptionOf(scope: string): string | undefined {
  return /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1]?.toLowerCase();
}
