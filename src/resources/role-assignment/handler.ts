import type { Goal } from '../../engine/goal.ts';
import type { ResourceHandler } from '../../engine/resource.ts';
import { resourceKey } from '../../engine/resource.ts';
import type { Wait } from '../../engine/settle.ts';
import type { RoleAssignmentContext } from './access.ts';
import { RoleAssignmentAccess } from './access.ts';
import { compareRoleAssignment } from './compare.ts';
import { orphanGoals } from './orphans.ts';
import { assignmentsShown } from './shown.ts';
import type { RoleAssignmentSpec, RoleAssignmentState } from './spec.ts';

export interface RoleAssignmentOptions {
  /** Look for assignments of principals that are gone, too: the lists then hold those of all principals. */
  readonly orphans?: boolean;
}

export interface RoleAssignments extends ResourceHandler<RoleAssignmentSpec, RoleAssignmentState> {
  /** Ends once Azure shows what was changed through this handler. */
  readonly shown: Wait;
  /** Lines for what was made for the same purpose and another principal; none without the option `orphans`. */
  orphanGoals(specs: readonly RoleAssignmentSpec[], signal: AbortSignal): Promise<readonly Goal[]>;
}

/** Role assignments through Azure Resource Manager. Object ids only: no request to Microsoft Graph. */
export function roleAssignments(
  context: RoleAssignmentContext,
  { orphans = false }: RoleAssignmentOptions = {},
): RoleAssignments {
  const access = new RoleAssignmentAccess(context, orphans);
  return {
    kind: 'role assignment',
    key: ({ scope, roleId, principalId }) => resourceKey('roleAssignment', scope, roleId, principalId),
    describe: ({ roleName, scopeLabel, principalLabel }) => `${roleName} for ${principalLabel} at ${scopeLabel}`,
    details: ({ scope, roleId, roleName, principalId, condition, note }) => ({
      scope,
      roleId,
      roleName,
      principalId,
      ...(condition === undefined ? {} : { condition }),
      ...(note === undefined ? {} : { description: note }),
    }),
    read: async (spec, signal) => {
      const state = await access.find(spec, signal);
      return state.here.length + state.above.length > 0 ? { found: true, state } : { found: false };
    },
    compare: compareRoleAssignment,
    apply: async ({ action, spec, observed, wanted }, signal) => {
      const [have] = observed.found ? observed.state.here : [];
      if (action === 'create') await access.create(spec, signal);
      else if (have && action === 'delete') await access.delete(spec, have);
      else if (have && wanted === 'present') await access.update(spec, have, signal);
      else if (have) await access.release(spec, have, signal);
    },
    shown: assignmentsShown(access),
    orphanGoals: (specs, signal) => (orphans ? orphanGoals(access, specs, signal) : Promise.resolve([])),
  };
}
