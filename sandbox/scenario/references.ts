/** Names in a scenario that lead nowhere, lead to two things, or contradict each other. */
import type { Problem } from '../kit/checked-yaml.ts';
import { agentProblems, azureConnectionProblems } from './connection-references.ts';
import { managementGroupProblems } from './management-group-references.ts';
import { duplicates, names, repeated, unknown } from './names.ts';
import type { ClusterSpec, Scenario, ServiceConnectionSpec, SubscriptionSpec } from './types.ts';

export function referenceProblems(scenario: Scenario): readonly Problem[] {
  return [
    ...duplicates(['tenants'], scenario.tenants),
    ...duplicates(['subscriptions'], scenario.subscriptions),
    ...duplicates(['serviceConnections'], scenario.serviceConnections),
    ...managementGroupProblems(scenario),
    ...accessProblems(scenario),
    ...scenario.tenants.flatMap(({ applications }, index) =>
      duplicates(['tenants', index, 'applications'], applications),
    ),
    ...scenario.subscriptions.flatMap((subscription, index) => subscriptionProblems(scenario, subscription, index)),
    ...duplicateAcrossGroups(scenario, 'clusters'),
    ...duplicateAcrossGroups(scenario, 'vaults'),
    ...agentProblems(scenario),
    ...scenario.serviceConnections.flatMap((connection, index) => connectionProblems(scenario, connection, index)),
  ];
}

function subscriptionProblems(scenario: Scenario, subscription: SubscriptionSpec, index: number): readonly Problem[] {
  const at = ['subscriptions', index];
  const principals = principalNames(scenario);
  return [
    ...unknown([...at, 'tenant'], 'tenant', subscription.tenant, names(scenario.tenants)),
    ...duplicates([...at, 'resourceGroups'], subscription.resourceGroups),
    ...subscription.resourceGroups.flatMap((group, position) => {
      const groupAt = [...at, 'resourceGroups', position];
      return [
        ...duplicates([...groupAt, 'identities'], group.identities),
        ...group.clusters.flatMap((cluster, clusterIndex) =>
          clusterProblems({ scenario, subscription }, cluster, [...groupAt, 'clusters', clusterIndex]),
        ),
        ...group.vaults.flatMap((vault, vaultIndex) =>
          vault.accessPolicies.flatMap(({ principal }, policy) =>
            unknownPrincipal(
              [...groupAt, 'vaults', vaultIndex, 'accessPolicies', policy, 'principal'],
              principal,
              principals,
            ),
          ),
        ),
      ];
    }),
  ];
}

/** Principals of role and deny assignments, of subscriptions and of management groups. */
function accessProblems(scenario: Scenario): readonly Problem[] {
  const known = principalNames(scenario);
  return (['subscriptions', 'managementGroups'] as const).flatMap((kind) =>
    (scenario[kind] ?? []).flatMap(({ roleAssignments, denyAssignments = [] }, index) => [
      ...roleAssignments.flatMap(({ principal }, position) =>
        unknownPrincipal([kind, index, 'roleAssignments', position, 'principal'], principal, known),
      ),
      ...denyAssignments.flatMap(({ principals, excludePrincipals }, position) =>
        Object.entries({ principals, excludePrincipals }).flatMap(([list, written]) =>
          written.flatMap((principal, place) =>
            unknownPrincipal([kind, index, 'denyAssignments', position, list, place], principal, known),
          ),
        ),
      ),
    ]),
  );
}

function clusterProblems(
  { scenario, subscription }: { readonly scenario: Scenario; readonly subscription: SubscriptionSpec },
  cluster: ClusterSpec,
  at: readonly (string | number)[],
): readonly Problem[] {
  const nodeGroup = subscription.resourceGroups.find(({ name }) => name === cluster.nodeResourceGroup);
  const groups = scenario.subscriptions.flatMap(({ resourceGroups }) => resourceGroups);
  const identities = groups.flatMap((group) => group.identities.map(({ name }) => `${group.name}/${name}`));
  return [
    ...unknown(
      [...at, 'nodeResourceGroup'],
      'resource group',
      cluster.nodeResourceGroup,
      names(subscription.resourceGroups),
    ),
    ...(cluster.kubeletIdentity === undefined
      ? []
      : unknown([...at, 'kubeletIdentity'], 'identity', cluster.kubeletIdentity, identities)),
    ...identityProblems(cluster, at),
    ...duplicates([...at, 'nodes'], cluster.nodes),
    ...cluster.nodes.flatMap((node, index) =>
      unknown(
        [...at, 'nodes', index, 'scaleSet'],
        'scale set of the node resource group',
        node.scaleSet,
        names(nodeGroup?.scaleSets ?? []),
      ),
    ),
  ];
}

function identityProblems(cluster: ClusterSpec, at: readonly (string | number)[]): readonly Problem[] {
  const hasKubelet = cluster.kubeletIdentity !== undefined;
  if (hasKubelet !== (cluster.identityType === 'None')) return [];
  const message = hasKubelet
    ? 'a cluster with a service principal (identityType None) has no kubelet identity'
    : 'a cluster with a managed identity has a kubelet identity: add kubeletIdentity, or identityType: None';
  return [{ path: hasKubelet ? [...at, 'kubeletIdentity'] : at, message }];
}

function connectionProblems(scenario: Scenario, connection: ServiceConnectionSpec, index: number): readonly Problem[] {
  const at = ['serviceConnections', index];
  if (connection.kind === 'AzureRM') return azureConnectionProblems(scenario, connection, at);
  const clusters = scenario.subscriptions.flatMap(({ resourceGroups }) =>
    resourceGroups.flatMap((group) => names(group.clusters)),
  );
  const needsAccount = connection.authorizationType === 'ServiceAccount' && connection.serviceAccount === undefined;
  return [
    ...unknown([...at, 'cluster'], 'cluster', connection.cluster, clusters),
    ...(needsAccount
      ? [{ path: at, message: 'authorizationType ServiceAccount needs serviceAccount: namespace/name' }]
      : []),
  ];
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function unknownPrincipal(path: Problem['path'], principal: string, known: readonly string[]): readonly Problem[] {
  if (guid.test(principal)) return [];
  const found = known.filter((name) => name === principal).length;
  if (found > 1)
    return [{ path, message: `"${principal}" is the name of ${String(found)} principals: write the object id` }];
  return unknown(path, 'application or identity', principal, known);
}

function principalNames(scenario: Scenario): readonly string[] {
  const groups = scenario.subscriptions.flatMap(({ resourceGroups }) => resourceGroups);
  return [
    ...scenario.tenants.flatMap((tenant) => names(tenant.applications)),
    ...groups.flatMap((group) => names(group.identities)),
  ];
}

function duplicateAcrossGroups(scenario: Scenario, kind: 'clusters' | 'vaults'): readonly Problem[] {
  const places = scenario.subscriptions.flatMap(({ resourceGroups }, subscription) =>
    resourceGroups.flatMap((group, index) =>
      group[kind].map(({ name }, position) => ({
        name,
        path: ['subscriptions', subscription, 'resourceGroups', index, kind, position, 'name'],
      })),
    ),
  );
  return repeated(places);
}
