/** Roles and role assignments as a scenario has them. */
import { stableGuid } from '../../scenario/ids.ts';
import type { Scenario, SubscriptionSpec } from '../../scenario/types.ts';
import { parseCondition } from '../authorization/condition/parse.ts';
import { principalIdOf, type Principal } from './principals.ts';
import { sameText } from './resource-id.ts';
import type { createRoleAssignments } from './role-assignments.ts';
import type { RoleDefinition } from './role-definition.ts';

export function customRolesOf({ id, customRoles }: SubscriptionSpec): readonly RoleDefinition[] {
  return customRoles.map((role) => ({
    ...role,
    id: role.id.toLowerCase(),
    description: '',
    notDataActions: role.notDataActions ?? [],
    custom: true,
    assignableScopes: [`/subscriptions/${id}`],
  }));
}

/** @throws Error for a role or a principal that does not exist, or a condition that is none */
export function initialAssignments(
  scenario: Scenario,
  roles: readonly RoleDefinition[],
  principals: readonly Principal[],
): Parameters<typeof createRoleAssignments>[0] {
  return [...scenario.subscriptions, ...(scenario.managementGroups ?? [])].flatMap(({ roleAssignments }) =>
    roleAssignments.map(({ name, role, principal, scope, description, condition }) => {
      const definition = roles.find((candidate) => sameText(candidate.name, role));
      if (!definition) throw new Error(`There is no role "${role}" (role assignment at ${scope}).`);
      const principalId = principalIdOf(principals, principal);
      if (condition !== undefined) parseCondition(condition);
      return {
        name,
        scope,
        roleId: definition.id,
        principalId,
        // An assignment whose principal was deleted stays, and the service no longer knows what the principal was.
        principalType: principals.some(({ objectId }) => sameText(objectId, principalId))
          ? 'ServicePrincipal'
          : 'Unknown',
        createdBy: stableGuid('scenario'),
        ...(description === undefined ? {} : { description }),
        ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
      };
    }),
  );
}
