/** Role assignments: names are unique in all of Azure, and so is (principal, role, scope). */
import { systemClock, type Clock } from '../../kit/clock.ts';
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
  /** Those of one principal: what most questions are about, and few of thousands. */
  of(principalId: string): readonly RoleAssignment[];
  /** What somebody sees who learns of each assignment, and of its removal, so many milliseconds later. */
  seen(delayOf: (assignment: RoleAssignment) => number): readonly RoleAssignment[];
  /** Names are compared in any letter case. */
  find(scope: string, name: string): RoleAssignment | undefined;
  put(wanted: WantedAssignment): PutOutcome;
  remove(scope: string, name: string): RoleAssignment | undefined;
}

/** Per subscription; source: Azure RBAC limits. */
export const maximumAssignments = 4000;

/** Those that are there from the beginning are old news to everybody. */
export function createRoleAssignments(initial: readonly WantedAssignment[], now: Clock = systemClock): RoleAssignments {
  const store = new Store();
  const changes = new Changes(now);
  for (const assignment of initial) store.set(stamped(assignment, undefined, now()));
  const find = (scope: string, name: string): RoleAssignment | undefined => {
    const named = store.get(name);
    return named && sameScope(named.scope, scope) ? named : undefined;
  };
  return {
    all: () => store.all(),
    of: (principalId) => store.of(principalId),
    seen: (delayOf) => changes.seen(store.all(), delayOf),
    find,
    put: (wanted) => {
      const named = store.get(wanted.name);
      if (named && !sameGrant(named, wanted)) return { outcome: 'taken' };
      const equal = store.of(wanted.principalId).find((assignment) => sameGrant(assignment, wanted));
      if (equal && !named) return { outcome: 'exists', existing: equal };
      if (!named && store.count(wanted.scope) >= maximumAssignments) return { outcome: 'limit' };
      const assignment = stamped(wanted, named, now());
      if (!named) changes.made(assignment);
      store.set(assignment);
      return { outcome: named ? 'updated' : 'created', assignment };
    },
    remove: (scope, name) => {
      const found = find(scope, name);
      if (!found) return undefined;
      store.delete(found);
      changes.removed(found);
      return found;
    },
  };
}

/** By name, by principal and counted by subscription, so that thousands of them cost no more than a few. */
class Store {
  readonly #byName = new Map<string, RoleAssignment>();
  readonly #byPrincipal = new Map<string, Map<string, RoleAssignment>>();
  readonly #counts = new Map<string | undefined, number>();
  #all: readonly RoleAssignment[] | undefined;

  all(): readonly RoleAssignment[] {
    this.#all ??= [...this.#byName.values()];
    return this.#all;
  }

  of(principalId: string): readonly RoleAssignment[] {
    return [...(this.#byPrincipal.get(principalId.toLowerCase())?.values() ?? [])];
  }

  get(name: string): RoleAssignment | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  count(scope: string): number {
    return this.#counts.get(subscriptionOf(scope)) ?? 0;
  }

  set(assignment: RoleAssignment): void {
    const before = this.get(assignment.name);
    if (before) this.delete(before);
    const name = assignment.name.toLowerCase();
    const principal = assignment.principalId.toLowerCase();
    const its = this.#byPrincipal.get(principal) ?? new Map<string, RoleAssignment>();
    this.#byName.set(name, assignment);
    this.#byPrincipal.set(principal, its.set(name, assignment));
    this.#change(assignment, 1);
  }

  delete(assignment: RoleAssignment): void {
    const name = assignment.name.toLowerCase();
    this.#byName.delete(name);
    this.#byPrincipal.get(assignment.principalId.toLowerCase())?.delete(name);
    this.#change(assignment, -1);
  }

  #change({ scope }: RoleAssignment, by: number): void {
    this.#counts.set(subscriptionOf(scope), this.count(scope) + by);
    this.#all = undefined;
  }
}

/** How long a change can stay unknown, in milliseconds. */
const longestMemory = 60 * 60 * 1000;

interface Removed {
  readonly assignment: RoleAssignment;
  readonly since: number;
  /** When it was removed. */
  readonly at: number;
}

/** When assignments were made and removed: for those who learn of it late. */
class Changes {
  readonly #now: Clock;
  /** By name in lower case, which is unique in all of Azure. */
  readonly #made = new Map<string, number>();
  #removed: readonly Removed[] = [];

  constructor(now: Clock) {
    this.#now = now;
  }

  made({ name }: RoleAssignment): void {
    this.#made.set(name.toLowerCase(), this.#now());
  }

  removed(assignment: RoleAssignment): void {
    const at = this.#now();
    const removed = { assignment, since: this.#since(assignment), at };
    this.#removed = [...this.#removed.filter((other) => other.at > at - longestMemory), removed];
  }

  seen(stored: readonly RoleAssignment[], delayOf: (assignment: RoleAssignment) => number): readonly RoleAssignment[] {
    const time = this.#now();
    const known = stored.filter((assignment) => this.#since(assignment) <= time - delayOf(assignment));
    const remembered = this.#removed.filter(({ assignment, since, at }) => {
      const then = time - delayOf(assignment);
      return since <= then && then < at;
    });
    return [...known, ...remembered.map(({ assignment }) => assignment)];
  }

  #since({ name }: RoleAssignment): number {
    return this.#made.get(name.toLowerCase()) ?? -Infinity;
  }
}

function stamped(wanted: WantedAssignment, before: RoleAssignment | undefined, milliseconds: number): RoleAssignment {
  const now = new Date(milliseconds).toISOString();
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

function subscriptionOf(scope: string): string | undefined {
  return /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1]?.toLowerCase();
}
