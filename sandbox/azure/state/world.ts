/** All that the sandbox's Azure remembers, built from a scenario. Nothing here knows of HTTP. */
import { cloudOf, type SandboxCloud } from '../../clouds.ts';
import { systemClock, type Clock } from '../../kit/clock.ts';
import type { ClusterSpec, LockSpec, ResourceGroupSpec, Scenario } from '../../scenario/types.ts';
import { builtInRoles } from './built-in-roles.ts';
import { noChanges, type ClusterChanges } from './cluster-changes.ts';
import { createCommandResults, type CommandResults } from './command-results.ts';
import { createDelays, type Delays, type Named } from './delays.ts';
import { writtenDenials, type DenyAssignment } from './deny-assignments.ts';
import { createHierarchy, type Hierarchy } from './management-groups.ts';
import { createFederatedCredentials, type FederatedCredentials } from './federated-credentials.ts';
import { createOperations, type Operations } from './operations.ts';
import { collectPrincipals, principalIdOf, type Principal } from './principals.ts';
import { groupId, resourceId, sameText, type ResourceKind } from './resource-id.ts';
import { createRoleAssignments, type RoleAssignments } from './role-assignments.ts';
import type { RoleDefinition } from './role-definition.ts';
import { customRolesOf, initialAssignments } from './scenario-roles.ts';
import { createSecrets } from './secrets.ts';
import { createVaults, vaultHost, type Vault, type Vaults } from './vaults.ts';
import { defaultVaultSettings } from './vault-settings.ts';

export interface Subscription {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
}

export interface Resource {
  /** `/subscriptions/<id>/resourceGroups/<name>/providers/<type>/<name>` */
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
}

export interface ResourceGroup {
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly location: string;
}

export interface Identity extends Resource {
  readonly tenantId: string;
  readonly clientId: string;
  readonly principalId: string;
  tags: Tags;
}

export type Tags = Readonly<Record<string, string>>;

export interface Cluster extends Resource {
  readonly spec: ClusterSpec;
  readonly tenantId: string;
  /** Undefined for clusters with a service principal. */
  readonly kubelet: Identity | undefined;
  readonly changes: ClusterChanges;
}

export interface ScaleSet extends Resource {
  /** Resource ids in the letter case in which they were written. */
  identities: readonly string[];
}

export interface World {
  readonly cloud: SandboxCloud;
  readonly subscriptions: readonly Subscription[];
  readonly groups: readonly ResourceGroup[];
  identities: readonly Identity[];
  readonly clusters: readonly Cluster[];
  readonly vaults: Vaults;
  readonly scaleSets: readonly ScaleSet[];
  principals: readonly Principal[];
  roles: readonly RoleDefinition[];
  readonly assignments: RoleAssignments;
  readonly delays: Delays;
  readonly now: Clock;
  /** When the sandbox started, in milliseconds. */
  readonly startedAt: number;
  readonly hierarchy: Hierarchy;
  /** Those of the scenario; locked node groups come on top. */
  readonly denyAssignments: readonly DenyAssignment[];
  readonly locks: readonly LockSpec[];
  /** Long-running ones of every resource provider. */
  readonly operations: Operations;
  readonly commands: CommandResults;
  readonly federatedCredentials: FederatedCredentials;
}

/** @throws Error where the scenario names a role or a principal that does not exist, or a condition that is none */
export function createWorld(scenario: Scenario, now: Clock = systemClock): World {
  const subscriptions = scenario.subscriptions.map(({ id, name, tenant }) => ({
    id,
    name,
    tenantId: tenantIdOf(scenario, tenant),
  }));
  const identities = collect(scenario, 'identity', ({ identities: all }) => all).map(({ place, spec }) => ({
    ...place,
    tenantId: tenantOf(subscriptions, place.subscriptionId),
    clientId: spec.clientId,
    principalId: spec.principalId,
    tags: {},
  }));
  const clusters = collect(scenario, 'cluster', ({ clusters: all }) => all).map(({ place, spec }) => ({
    ...place,
    spec,
    tenantId: tenantOf(subscriptions, place.subscriptionId),
    kubelet: kubeletOf(identities, place.subscriptionId, spec),
    changes: noChanges(),
  }));
  const principals = collectPrincipals(scenario, identities, clusters);
  const roles = [...builtInRoles, ...scenario.subscriptions.flatMap(customRolesOf)];
  return {
    cloud: cloudOf(scenario.cloud),
    subscriptions,
    groups: groupsOf(scenario),
    identities,
    clusters,
    vaults: createVaults(vaultsOf(scenario, subscriptions, principals), now),
    scaleSets: scaleSetsOf(scenario),
    principals,
    roles,
    ...grantsOf(scenario, { roles, principals }, now),
    ...limitsOf(scenario, principals),
    ...emptyStores(),
  };
}

function scaleSetsOf(scenario: Scenario): readonly ScaleSet[] {
  return collect(scenario, 'scaleSet', ({ scaleSets }) => scaleSets).map(({ place, spec }) => ({
    ...place,
    identities: spec.identities,
  }));
}

/** Role assignments, and how late they are known. */
function grantsOf(
  scenario: Scenario,
  named: Named,
  now: Clock,
): Pick<World, 'assignments' | 'delays' | 'now' | 'startedAt'> {
  const { roles, principals } = named;
  return {
    assignments: createRoleAssignments(initialAssignments(scenario, roles, principals), now),
    delays: createDelays(scenario.delays ?? [], named),
    now,
    startedAt: now(),
  };
}

/** What decides about access beside role assignments. */
function limitsOf(
  scenario: Scenario,
  principals: readonly Principal[],
): Pick<World, 'hierarchy' | 'denyAssignments' | 'locks'> {
  return {
    hierarchy: createHierarchy(scenario),
    denyAssignments: writtenDenials(scenario, principals),
    locks: scenario.subscriptions.flatMap(({ locks = [] }) => locks),
  };
}

/** What no scenario fills. */
function emptyStores(): Pick<World, 'operations' | 'commands' | 'federatedCredentials'> {
  return {
    operations: createOperations(),
    commands: createCommandResults(),
    federatedCredentials: createFederatedCredentials(),
  };
}

interface Collected<Spec> {
  readonly place: Resource;
  readonly spec: Spec;
}

function collect<Spec extends { readonly name: string }>(
  scenario: Scenario,
  kind: ResourceKind,
  specsOf: (group: ResourceGroupSpec) => readonly Spec[],
): readonly Collected<Spec>[] {
  return scenario.subscriptions.flatMap((subscription) =>
    subscription.resourceGroups.flatMap((group) =>
      specsOf(group).map((spec) => {
        const place = { subscriptionId: subscription.id, resourceGroup: group.name, name: spec.name };
        return { spec, place: { ...place, id: resourceId(place, kind), location: group.location } };
      }),
    ),
  );
}

function groupsOf(scenario: Scenario): readonly ResourceGroup[] {
  return scenario.subscriptions.flatMap(({ id, resourceGroups }) =>
    resourceGroups.map(({ name, location }) => ({ id: groupId(id, name), name, subscriptionId: id, location })),
  );
}

function vaultsOf(
  scenario: Scenario,
  subscriptions: readonly Subscription[],
  principals: readonly Principal[],
): readonly Vault[] {
  return collect(scenario, 'vault', ({ vaults }) => vaults).map(({ place, spec }) => {
    const tenantId =
      spec.tenant === undefined ? tenantOf(subscriptions, place.subscriptionId) : tenantIdOf(scenario, spec.tenant);
    const policies = spec.accessPolicies.map(({ principal, applicationId, ...permissions }) => ({
      tenantId,
      objectId: principalIdOf(principals, principal),
      ...(applicationId === undefined ? {} : { applicationId }),
      permissions,
    }));
    const vault: Vault = {
      ...place,
      spec,
      tenantId,
      host: vaultHost(cloudOf(scenario.cloud), place.name),
      tags: {},
      settings: defaultVaultSettings,
      policies,
      secrets: createSecrets(spec.secrets, () => vault.spec.softDeleteRetentionInDays),
    };
    return vault;
  });
}

/** Of the cluster's subscription, or else of another: AKS takes an identity from wherever it may assign it. */
function kubeletOf(
  identities: readonly Identity[],
  subscriptionId: string,
  { kubeletIdentity = '' }: ClusterSpec,
): Identity | undefined {
  const named = identities.filter(({ resourceGroup, name }) => sameText(`${resourceGroup}/${name}`, kubeletIdentity));
  return named.find((identity) => identity.subscriptionId === subscriptionId) ?? named[0];
}

function tenantIdOf(scenario: Scenario, name: string): string {
  const tenant = scenario.tenants.find((candidate) => candidate.name === name || candidate.id === name);
  if (!tenant) throw new Error(`There is no tenant "${name}".`);
  return tenant.id;
}

function tenantOf(subscriptions: readonly Subscription[], id: string): string {
  return subscriptions.find((subscription) => subscription.id === id)?.tenantId ?? '';
}
