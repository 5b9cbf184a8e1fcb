/** A case's world: the tests' usual one, below two management groups, with what the case says. */
import { parseScenario } from '../../../../sandbox/scenario/load.ts';
import type { Scenario } from '../../../../sandbox/scenario/types.ts';
import { scenarioYaml } from '../world.ts';
import type { Holding, RbacCase } from './case.ts';
import { corp, laboratory, production, roles } from './fixtures.ts';

/** Name of what {@link existing} describes. */
export const existingAssignment = '77777777-7777-4777-8777-777777777777';

/** Roles by their ids, as far as the sandbox has them. */
const roleNames: Readonly<Record<string, string>> = {
  [roles.reader]: 'Reader',
  [roles.owner]: 'Owner',
};

const groupScopes = [corp, production, laboratory];

export function scenarioOf(test: RbacCase): Scenario {
  const base = parseScenario(scenarioYaml);
  const [subscription] = base.subscriptions;
  const holds = (test.holds ?? []).map((held, index) => ({ ...held, ...assignmentOf(held, index) }));
  const written = {
    ...base,
    subscriptions: [
      {
        ...subscription,
        customRoles: [...subscription!.customRoles, ...holds.flatMap(({ custom }) => custom)],
        roleAssignments: [
          ...subscription!.roleAssignments,
          ...holds
            .filter(({ at }) => !groupScopes.includes(at))
            .map(({ assignment, at }) => ({ ...assignment, scope: at })),
          ...existing(test),
        ],
        denyAssignments: (test.denials ?? [])
          .filter(({ at }) => !groupScopes.includes(at))
          .map(({ at, ...denial }, index) => ({ ...denial, name: `denial ${String(index)}`, scope: at })),
        locks: (test.locks ?? []).map(({ at, level }, index) => ({ name: `lock-${String(index)}`, scope: at, level })),
      },
    ],
    managementGroups: managementGroups(test, holds),
  };
  return parseScenario(JSON.stringify(written));
}

interface Held {
  readonly at: string;
  readonly assignment: object;
}

function managementGroups(test: RbacCase, holds: readonly Held[]): readonly object[] {
  const group = (name: string, more: object): object => ({
    name,
    tenant: 'home',
    ...more,
    roleAssignments: holds.filter(({ at }) => at.endsWith(`/${name}`)).map(({ assignment }) => assignment),
    denyAssignments: (test.denials ?? [])
      .filter(({ at }) => groupScopes.includes(at) && at.endsWith(`/${name}`))
      .map(({ at: _at, ...denial }) => ({ ...denial, name: 'denial from above' })),
  });
  return [
    group('corp', {}),
    group('production', { parent: 'corp', subscriptions: ['Test'] }),
    group('laboratory', { parent: 'corp' }),
  ];
}

function assignmentOf(
  { role, condition }: Holding,
  index: number,
): { readonly custom: readonly object[]; readonly assignment: object } {
  const name = typeof role === 'string' ? role : `custom role ${String(index)}`;
  return {
    custom: typeof role === 'string' ? [] : [{ name, ...role }],
    assignment: { role: name, principal: 'caller', ...(condition === undefined ? {} : { condition }) },
  };
}

/** The assignment that a case removes, where the sandbox has its role. */
export function existing({ asks: { action, assignment, at } }: RbacCase): readonly object[] {
  const role = roleNames[assignment?.role ?? ''];
  if (action?.endsWith('roleAssignments/delete') !== true || role === undefined) return [];
  return [{ name: existingAssignment, role, principal: 'other', scope: at }];
}
