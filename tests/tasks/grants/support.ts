/** What the tests of AksRoleGrants share: its inputs, and the article's world changed a little. */
import type { TaskRun } from '../../../sandbox/agent/index.ts';
import { loadScenario } from '../../../sandbox/scenario/load.ts';
import type { ClusterSpec, RoleAssignmentSpec, Scenario } from '../../../sandbox/scenario/types.ts';

export const inputs = {
  azureSubscription: 'azure-conn',
  resourceGroup: '_rg-aks-p-we-001',
  clusterName: 'aks-p-we-001',
} as const;

/** A dedicated identity: no warning about the kubelet's. */
export const dedicated = { ...inputs, identity: '_rg-infra-p-we-001/id-aks-helloworld' } as const;

export const nodeGroup = 'MC__rg-aks-p-we-001_aks-p-we-001_westeurope';

export function article(): Scenario {
  return structuredClone(loadScenario('article'));
}

export function withCluster(change: Partial<ClusterSpec>): Scenario {
  const scenario = article();
  const group = scenario.subscriptions[0]!.resourceGroups.find(({ clusters }) => clusters.length > 0)!;
  Object.assign(group.clusters[0]!, change);
  return scenario;
}

/** `{subscription}` in a scope stands for the article's. */
export function withAssignments(...more: readonly RoleAssignmentSpec[]): Scenario {
  const scenario = article();
  const [subscription] = scenario.subscriptions;
  const added = more.map((each) => ({
    ...each,
    scope: each.scope.replace('{subscription}', `/subscriptions/${subscription!.id}`),
  }));
  Object.assign(subscription!, { roleAssignments: [...subscription!.roleAssignments, ...added] });
  return scenario;
}

export function text({ log }: TaskRun): string {
  return log.join('\n');
}
