import { sameScope } from '../../azure/resource-id.ts';
import type { Goal } from '../../engine/goal.ts';
import { goal } from '../../engine/goal.ts';
import type { ResourceHandler } from '../../engine/resource.ts';
import { resourceKey } from '../../engine/resource.ts';
import { sameIgnoringCase } from '../../runtime/text.ts';
import type { RoleAssignmentAccess } from './access.ts';
import { includesMaker } from './marker.ts';
import type { FoundAssignment, RoleAssignmentSpec } from './spec.ts';
import { markerOf } from './spec.ts';

interface Orphan {
  readonly spec: RoleAssignmentSpec;
  readonly found: FoundAssignment;
}

/**
 * Lines of a plan for assignments that were made for the same cluster, role and scope, and whose principal is not the
 * identity any more: it was deleted, or another one took its place. They are shown and never touched.
 */
export async function orphanGoals(
  access: RoleAssignmentAccess,
  specs: readonly RoleAssignmentSpec[],
  signal: AbortSignal,
): Promise<readonly Goal[]> {
  const found = await Promise.all(
    specs.map(async (spec) => {
      const listed = await access.listedAt(spec, signal);
      return listed.filter((each) => isOrphan(each, spec, specs)).map((each) => ({ spec, found: each }));
    }),
  );
  const byId = new Map(found.flat().map((orphan) => [orphan.found.id.toLowerCase(), orphan]));
  return [...byId.values()].map((orphan) => goal(orphans, orphan));
}

function isOrphan(found: FoundAssignment, spec: RoleAssignmentSpec, specs: readonly RoleAssignmentSpec[]): boolean {
  const marker = markerOf(found);
  const isRoleOf = ({ roleId, scope }: RoleAssignmentSpec): boolean =>
    sameIgnoringCase(roleId, found.roleId) && sameScope(scope, found.scope);
  return (
    marker !== undefined &&
    includesMaker(marker, spec.madeBy) &&
    isRoleOf(spec) &&
    !specs.some((each) => isRoleOf(each) && sameIgnoringCase(each.principalId, found.principalId))
  );
}

const orphans: ResourceHandler<Orphan, never> = {
  kind: 'role assignment',
  key: ({ found }) => resourceKey('orphan', found.id),
  describe: ({ spec, found }) => `${spec.roleName} for object id ${found.principalId} at ${spec.scopeLabel}`,
  details: ({ spec, found }) => ({
    id: found.id,
    scope: found.scope,
    roleId: found.roleId,
    roleName: spec.roleName,
    principalId: found.principalId,
  }),
  read: () => Promise.resolve({ found: false }),
  compare: ({ spec, found }) => {
    const why =
      found.principalType === 'Unknown'
        ? 'its principal was deleted'
        : `its principal is not ${spec.principalLabel}; needed only if another step grants it`;
    return { action: 'none', note: `orphaned: ${why}; to delete it: az role assignment delete --ids "${found.id}"` };
  },
  apply: () => Promise.resolve(),
};
