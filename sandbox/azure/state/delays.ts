/** The delays of a scenario, asked by those who wait. Milliseconds; 0 where nothing is delayed. */
import type { DelaySpec } from '../../kit/delays.ts';
import { principalIdOf, type Principal } from './principals.ts';
import { sameText } from './resource-id.ts';
import type { RoleAssignment } from './role-assignments.ts';
import type { RoleDefinition } from './role-definition.ts';

export interface Delays {
  /** Whether any assignment is ever late: most sandboxes need not look at each of thousands. */
  readonly delaysAssignments: boolean;
  /** Until an assignment counts; on the data plane of a vault, until it counts there. */
  readonly ofAssignment: (assignment: RoleAssignment, vaultName?: string) => number;
  readonly ofVault: (name: string) => number;
  readonly ofReads: (resource: 'roleAssignments' | 'vaults') => number;
  /** Until a principal is known to Microsoft.Authorization; a request that says its type need not wait where that helps. */
  readonly ofPrincipal: (objectId: string, saysType: boolean) => number;
}

export interface Named {
  readonly principals: readonly Principal[];
  readonly roles: readonly RoleDefinition[];
}

/** @throws Error for a role or principal that does not exist */
export function createDelays(specs: readonly DelaySpec[], { principals, roles }: Named): Delays {
  const longest = (fits: (spec: DelaySpec) => boolean): number =>
    Math.max(0, ...specs.filter(fits).map(({ seconds }) => seconds * 1000));
  const isPrincipal = (written: string | undefined, objectId: string): boolean =>
    written === undefined || sameText(principalIdOf(principals, written), objectId);
  const isRole = (written: string | undefined, roleId: string): boolean =>
    written === undefined || sameText(roleIdOf(roles, written), roleId);
  for (const spec of specs) requireNames(spec, { principals, roles });
  const ofVault: Delays['ofVault'] = (name) =>
    longest((spec) => spec.of === 'vault' && sameText(spec.vault ?? name, name));
  const ofAssignment = ({ roleId, principalId }: RoleAssignment): number =>
    longest(
      (spec) => spec.of === 'roleAssignment' && isRole(spec.role, roleId) && isPrincipal(spec.principal, principalId),
    );
  return {
    delaysAssignments: specs.some(({ of }) => of === 'roleAssignment' || of === 'vault'),
    ofVault,
    ofAssignment: (assignment, vaultName) =>
      Math.max(ofAssignment(assignment), vaultName === undefined ? 0 : ofVault(vaultName)),
    ofReads: (resource) => longest((spec) => spec.of === 'read' && (spec.resource ?? resource) === resource),
    ofPrincipal: (objectId, saysType) =>
      longest(
        (spec) =>
          spec.of === 'principal' &&
          isPrincipal(spec.principal, objectId) &&
          !(saysType && (spec.principalTypeHelps ?? true)),
      ),
  };
}

function requireNames(spec: DelaySpec, { principals, roles }: Named): void {
  if ('principal' in spec) principalIdOf(principals, spec.principal);
  if ('role' in spec) roleIdOf(roles, spec.role);
}

function roleIdOf(roles: readonly RoleDefinition[], nameOrId: string): string {
  const found = roles.find(({ name, id }) => sameText(name, nameOrId) || sameText(id, nameOrId));
  if (!found) throw new Error(`There is no role "${nameOrId}" (delays).`);
  return found.id;
}
