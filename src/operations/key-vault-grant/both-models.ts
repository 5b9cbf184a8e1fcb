import type { Grantee } from '../../azure/aks-cluster.ts';
import type { Vault } from '../../azure/vault.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { RunMode } from '../../engine/events.ts';
import type { Goal } from '../../engine/goal.ts';
import { goal } from '../../engine/goal.ts';
import type { Wait } from '../../engine/settle.ts';
import type { RoleAssignments } from '../../resources/role-assignment/handler.ts';
import { roleAssignments } from '../../resources/role-assignment/handler.ts';
import type { RoleAssignmentSpec } from '../../resources/role-assignment/spec.ts';
import { plainEntry } from '../../resources/vault-access-policy/compare.ts';
import { vaultAccessPolicies } from '../../resources/vault-access-policy/handler.ts';
import type { Services } from '../shared/services.ts';
import type { VaultGrant } from './goals.ts';
import { policySpec, roleSpecs } from './goals.ts';

export interface GrantRequest extends VaultGrant {
  readonly vault: Vault;
  readonly identity: Grantee;
  readonly mode: RunMode;
}

/**
 * The goals by the permission model that the vault has, and beside them what the other model still holds for the
 * identity: shown as not counting, and taken away by a removal. Somebody may have changed the model since it was made.
 */
export async function vaultGoals(
  request: GrantRequest,
  services: Services,
): Promise<{ readonly goals: readonly Goal[]; readonly shown: readonly Wait[] }> {
  const { vault, identity, mode } = request;
  const wanted = mode === 'remove' ? 'absent' : 'present';
  const [policies, roles] = [vaultAccessPolicies(services), roleAssignments(services)];
  const policy = policySpec(vault, identity, request);
  const specs = roleSpecs(vault, identity, request);
  const ofModel = vault.model === 'rbac' ? roles.shown : policies.shown;
  const shown = mode === 'remove' ? [policies.shown, roles.shown] : [ofModel];
  const policyGoal = goal(policies, policy, { wanted });
  if (vault.model === 'rbac') {
    const goals = specs.map((spec) => goal(roles, spec, { wanted }));
    return { goals: [...goals, ...(hasLeftover(request) ? [policyGoal] : [])], shown };
  }
  // To look for role assignments costs a request, which an `apply` does without.
  const left = mode === 'apply' ? [] : await leftovers(roles, specs, services);
  const leftGoals = left.map((spec) => goal(roles, spec, { wanted }));
  // A policy is never for one secret, so a removal that names one does not mean it.
  return { goals: [...(request.secretName === undefined ? [policyGoal] : []), ...leftGoals], shown };
}

/** The vault itself says what its access policies hold. */
function hasLeftover({ vault, identity, secretName }: GrantRequest): boolean {
  return secretName === undefined && plainEntry(vault.policies, identity.objectId) !== undefined;
}

/** Assignments that are there although the vault does not go by them. */
async function leftovers(
  roles: RoleAssignments,
  specs: readonly RoleAssignmentSpec[],
  { observer, signal }: Services,
): Promise<readonly RoleAssignmentSpec[]> {
  const idle = specs.map((spec) => ({ ...spec, idle: 'the vault uses access policies' }));
  try {
    const found = await Promise.all(idle.map(async (spec) => roles.read(spec, signal)));
    return idle.filter((_, index) => {
      const observed = found[index];
      return observed?.found === true && observed.state.here.length > 0;
    });
  } catch (error) {
    if (!(error instanceof DiagnosticError) || error.diagnostic.code !== 'AZR001') throw error;
    const text = `Whether role assignments are left from a time when the vault used Azure RBAC cannot be seen: ${error.message}`;
    observer({ type: 'note', text });
    return [];
  }
}
