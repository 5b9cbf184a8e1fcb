import { loadScenario } from '../../sandbox/scenario/load.ts';
import type { Scenario } from '../../sandbox/scenario/types.ts';

/** The article's world without its second cluster: starts faster, where the second one is no part of the proof. */
export function oneCluster(): Scenario {
  const article = loadScenario('article');
  return {
    ...article,
    subscriptions: article.subscriptions.map((subscription) => ({
      ...subscription,
      resourceGroups: subscription.resourceGroups.map((group) => ({ ...group, clusters: group.clusters.slice(0, 1) })),
    })),
  };
}

/** What names the first cluster in the inputs of a task. */
export const cluster = {
  azureSubscription: 'azure-conn',
  resourceGroup: '_rg-aks-p-we-001',
  clusterName: 'aks-p-we-001',
} as const;
