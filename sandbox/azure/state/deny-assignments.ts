/** Deny assignments: those of the scenario, and the ones that AKS puts on locked node resource groups. */
import { stableGuid } from '../../scenario/ids.ts';
import type { DenyAssignmentSpec, Scenario } from '../../scenario/types.ts';
import { principalIdOf, type Principal } from './principals.ts';
import { groupId } from './resource-id.ts';
import type { Cluster } from './world.ts';

export interface DenyAssignment {
  /** The display name. */
  readonly name: string;
  /** GUID */
  readonly id: string;
  readonly description: string;
  readonly scope: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
  /** Object ids; empty: everybody. */
  readonly principals: readonly string[];
  readonly excludePrincipals: readonly string[];
  readonly doNotApplyToChildScopes: boolean;
}

/** @throws Error for a principal that does not exist */
export function writtenDenials(
  { subscriptions, managementGroups = [] }: Scenario,
  principals: readonly Principal[],
): readonly DenyAssignment[] {
  const specs = [...subscriptions, ...managementGroups].flatMap(({ denyAssignments = [] }) => denyAssignments);
  return specs.map((spec) => ({ ...ofSpec(spec), ...principalsOf(spec, principals) }));
}

function ofSpec(spec: DenyAssignmentSpec): Omit<DenyAssignment, 'principals' | 'excludePrincipals'> {
  return { ...spec, description: spec.description ?? '' };
}

function principalsOf(
  { principals, excludePrincipals }: DenyAssignmentSpec,
  known: readonly Principal[],
): Pick<DenyAssignment, 'principals' | 'excludePrincipals'> {
  const ids = (names: readonly string[]): readonly string[] => names.map((name) => principalIdOf(known, name));
  return { principals: ids(principals), excludePrincipals: ids(excludePrincipals) };
}

/** Everything but reading is denied to everybody. Name and exclusions of the real one are not known: these are the sandbox's. */
export function lockdowns(clusters: readonly Cluster[]): readonly DenyAssignment[] {
  return clusters
    .filter(({ spec }) => spec.nodeRestriction === 'ReadOnly')
    .map(({ subscriptionId, spec }) => groupId(subscriptionId, spec.nodeResourceGroup))
    .map((scope) => ({
      name: 'AKS node resource group lockdown deny assignment',
      id: stableGuid('deny assignment', scope),
      description: 'Created by Azure Kubernetes Service for a node resource group with restrictionLevel ReadOnly.',
      scope,
      actions: ['*'],
      notActions: ['*/read'],
      dataActions: [],
      notDataActions: [],
      principals: [],
      excludePrincipals: [],
      doNotApplyToChildScopes: false,
    }));
}
