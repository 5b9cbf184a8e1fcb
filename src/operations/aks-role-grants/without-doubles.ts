import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { RoleAssignmentSpec } from '../../resources/role-assignment/spec.ts';

/**
 * A grant that a preset already brings, or that one line gives by name and another by id, is one goal: Azure knows one
 * assignment for each role, principal and scope. Two conditions for it contradict one another.
 * @throws DiagnosticError INP001
 */
export function withoutDoubles(specs: readonly RoleAssignmentSpec[]): readonly RoleAssignmentSpec[] {
  const byKey = new Map<string, RoleAssignmentSpec>();
  for (const spec of specs) {
    const key = [spec.scope, spec.roleId, spec.principalId].join('|').toLowerCase();
    const known = byKey.get(key);
    byKey.set(key, known ? merged(known, spec) : spec);
  }
  return [...byKey.values()];
}

function merged(known: RoleAssignmentSpec, spec: RoleAssignmentSpec): RoleAssignmentSpec {
  const contradicts = (left: string | undefined, right: string | undefined): boolean =>
    left !== undefined && right !== undefined && left !== right;
  if (contradicts(known.condition, spec.condition) || contradicts(known.note, spec.note)) {
    const message = `Two lines of grants give ${spec.roleName} to ${spec.principalLabel} at ${spec.scopeLabel} with different conditions or descriptions; Azure knows one assignment for the three.`;
    throw new DiagnosticError('INP001', { message });
  }
  return { ...spec, ...known };
}
