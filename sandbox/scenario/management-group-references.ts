/** Names in management groups that lead nowhere, or in a circle. */
import type { Problem } from '../kit/checked-yaml.ts';
import { duplicates, names, unknown } from './names.ts';
import type { ManagementGroupSpec, Scenario } from './types.ts';

export function managementGroupProblems(scenario: Scenario): readonly Problem[] {
  const groups = scenario.managementGroups ?? [];
  const parents = new Map(groups.map(({ name, parent }) => [name, parent]));
  return [
    ...duplicates(['managementGroups'], groups),
    ...repeatedSubscriptions(groups),
    ...groups.flatMap(({ tenant, parent, subscriptions, name }, index) => {
      const at = ['managementGroups', index];
      return [
        ...unknown([...at, 'tenant'], 'tenant', tenant, names(scenario.tenants)),
        ...(parent === undefined ? [] : unknown([...at, 'parent'], 'management group', parent, names(groups))),
        ...subscriptions.flatMap((subscription, position) =>
          unknown([...at, 'subscriptions', position], 'subscription', subscription, names(scenario.subscriptions)),
        ),
        ...(isCircular(name, parents) ? [{ path: [...at, 'parent'], message: `"${name}" stands above itself` }] : []),
      ];
    }),
  ];
}

/** A subscription has one parent. */
function repeatedSubscriptions(groups: readonly ManagementGroupSpec[]): readonly Problem[] {
  const all = groups.flatMap(({ subscriptions }, index) =>
    subscriptions.map((name, position) => ({ name, path: ['managementGroups', index, 'subscriptions', position] })),
  );
  return all
    .filter(({ name }, index) => all.findIndex((other) => other.name === name) < index)
    .map(({ name, path }) => ({ path, message: `"${name}" is below two management groups` }));
}

function isCircular(name: string, parents: ReadonlyMap<string, string | undefined>): boolean {
  let above = parents.get(name);
  for (let steps = 0; steps <= parents.size && above !== undefined; steps += 1) {
    if (above === name) return true;
    above = parents.get(above);
  }
  return false;
}
