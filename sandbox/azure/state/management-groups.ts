/** Management groups: what stands above subscriptions. Every tenant has a root group, whose name is the tenant's id. */
import type { Scenario } from '../../scenario/types.ts';
import { covers, sameScope, sameText } from './resource-id.ts';

export interface ManagementGroup {
  /** The scope: `/providers/Microsoft.Management/managementGroups/<name>`. */
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly tenantId: string;
  /** Id of the group above; undefined for a root group. */
  readonly parent: string | undefined;
}

export interface Hierarchy {
  readonly groups: readonly ManagementGroup[];
  /** True when `outer` is `inner` or stands above it, over management groups, too. */
  readonly covers: (outer: string, inner: string) => boolean;
  /** In any letter case. */
  readonly groupNamed: (name: string) => ManagementGroup | undefined;
}

export function managementGroupId(name: string): string {
  return `/providers/Microsoft.Management/managementGroups/${name}`;
}

export function createHierarchy(scenario: Scenario): Hierarchy {
  const written = scenario.managementGroups ?? [];
  const tenantIdOf = (wanted: string): string =>
    scenario.tenants.find(({ name, id }) => name === wanted || id === wanted)?.id ?? '';
  const roots = scenario.tenants.map(({ id }) => ({
    id: managementGroupId(id),
    name: id,
    displayName: 'Tenant Root Group',
    tenantId: id,
    parent: undefined,
  }));
  const groups: readonly ManagementGroup[] = [
    ...roots,
    ...written.map(({ name, displayName, tenant, parent }) => ({
      id: managementGroupId(name),
      name,
      displayName: displayName ?? name,
      tenantId: tenantIdOf(tenant),
      parent: managementGroupId(parent ?? tenantIdOf(tenant)),
    })),
  ];
  const parentsOfSubscriptions = new Map(
    scenario.subscriptions.map(({ id, name, tenant }) => {
      const parent = written.find(({ subscriptions }) => subscriptions.includes(name))?.name ?? tenantIdOf(tenant);
      return [id.toLowerCase(), managementGroupId(parent)];
    }),
  );
  return {
    groups,
    covers: (outer, inner) =>
      covers(outer, inner) ||
      (isGroup(outer) &&
        ancestorsOf(groups, startOf(inner, parentsOfSubscriptions)).some((id) => sameScope(id, outer))),
    groupNamed: (name) => groups.find((group) => sameText(group.name, name)),
  };
}

function isGroup(scope: string): boolean {
  return /^\/providers\/microsoft\.management\/managementgroups\/[^/]+\/?$/i.test(scope);
}

/** Id of the lowest group at or above a scope. */
function startOf(scope: string, parentsOfSubscriptions: ReadonlyMap<string, string>): string | undefined {
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1];
  if (subscription !== undefined) return parentsOfSubscriptions.get(subscription.toLowerCase());
  return /^\/providers\/microsoft\.management\/managementgroups\/[^/]+/i.exec(scope)?.[0];
}

/** With the group itself, from below. */
function ancestorsOf(groups: readonly ManagementGroup[], start: string | undefined): readonly string[] {
  const found: string[] = [];
  let id = start;
  while (id !== undefined && found.length <= groups.length) {
    found.push(id);
    const current = id;
    id = groups.find((group) => sameScope(group.id, current))?.parent;
  }
  return found;
}
