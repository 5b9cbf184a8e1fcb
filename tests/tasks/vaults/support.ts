/** What the tests of KeyVaultGrant share: its inputs, and the article's world changed a little. */
import type { TaskRun } from '../../../sandbox/agent/index.ts';
import { loadScenario } from '../../../sandbox/scenario/load.ts';
import type { RoleAssignmentSpec, Scenario, SubscriptionSpec, VaultSpec } from '../../../sandbox/scenario/types.ts';
import type { World } from '../../support/world.ts';

export const group = '_rg-infra-p-we-001';

/** An identity that is named in full: no cluster is read. */
export const inputs = {
  azureSubscription: 'azure-conn',
  keyVault: 'kvpwe001',
  identity: `${group}/id-aks-helloworld`,
} as const;

/** The article's world with its policy vault changed, and with more identities beside it. */
export function article(changeVault: Partial<VaultSpec> = {}, more: readonly string[] = []): Scenario {
  const scenario = structuredClone(loadScenario('article'));
  const infra = scenario.subscriptions[0]!.resourceGroups.find(({ name }) => name === group)!;
  Object.assign(
    infra.vaults.find(({ name }) => name === 'kvpwe001')!,
    changeVault,
  );
  const identities = more.map((name, index) => ({
    name,
    clientId: `11111111-0000-4000-8000-00000000000${String(index)}`,
    principalId: `22222222-0000-4000-8000-00000000000${String(index)}`,
  }));
  Object.assign(infra, { identities: [...infra.identities, ...identities] });
  return scenario;
}

/** `{subscription}` in a scope stands for the article's. */
export function withAssignment(scenario: Scenario, assignment: Omit<RoleAssignmentSpec, 'name'>): Scenario {
  const [subscription] = scenario.subscriptions;
  const scope = assignment.scope.replace('{subscription}', `/subscriptions/${subscription!.id}`);
  const added = { name: 'dddddddd-1111-4222-8333-444444444444', ...assignment, scope };
  Object.assign(subscription!, { roleAssignments: [...subscription!.roleAssignments, added] });
  return scenario;
}

export const otherSubscription = 'eeeeeeee-2222-4333-8444-555555555555';

/** A second subscription with the vault `kvother1` in the group `rg-other`; the connection has this role there, or none. */
export function withSubscription(
  scenario: Scenario,
  { vault = {}, role, tenant = 'contoso' }: { vault?: Partial<VaultSpec>; role?: string; tenant?: string } = {},
): Scenario {
  const [{ resourceGroups }] = scenario.subscriptions as [SubscriptionSpec];
  const infra = resourceGroups.find(({ name }) => name === group)!;
  const pattern = infra.vaults.find(({ name }) => name === 'kvpwe001')!;
  const vaults = [{ ...pattern, accessPolicies: [], ...vault, name: 'kvother1' }];
  const empty = { location: infra.location, identities: [], clusters: [], scaleSets: [] };
  const scope = `/subscriptions/${otherSubscription}`;
  const granted = {
    name: 'ffffffff-1111-4222-8333-444444444444',
    role: role ?? '',
    principal: 'azure-pipelines',
    scope,
  };
  const subscription: SubscriptionSpec = {
    id: otherSubscription,
    name: 'Other',
    tenant,
    resourceGroups: [{ ...empty, name: 'rg-other', vaults }],
    customRoles: [],
    roleAssignments: role === undefined ? [] : [granted],
  };
  Object.assign(scenario, { subscriptions: [...scenario.subscriptions, subscription] });
  return scenario;
}

export type Policy = ReturnType<World['sandbox']['azure']['snapshot']>['vaults'][number]['accessPolicies'][number];

export function policiesOf({ sandbox }: World, vault = 'kvpwe001'): readonly Policy[] {
  return sandbox.azure.snapshot().vaults.find(({ name }) => name === vault)!.accessPolicies;
}

export function text({ log }: TaskRun): string {
  return log.join('\n');
}
