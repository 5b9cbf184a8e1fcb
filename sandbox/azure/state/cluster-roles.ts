/** Built-in roles of Azure Kubernetes Service. Source: Microsoft's reference of Azure built-in roles, Containers. */
import { builtIn, type RoleDefinition } from './role-definition.ts';

const service = 'Microsoft.ContainerService';
const cluster = `${service}/managedClusters`;

/** Those of Azure RBAC for Kubernetes hand out the user's kubeconfig; the rest happens in the cluster. */
const throughUserCredential = [
  'Microsoft.Authorization/*/read',
  'Microsoft.Resources/subscriptions/operationresults/read',
  'Microsoft.Resources/subscriptions/read',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
  `${cluster}/listClusterUserCredential/action`,
];

export const clusterRoles: readonly RoleDefinition[] = [
  builtIn(
    'Azure Kubernetes Service Cluster User Role',
    '4abbcc35-e782-43d8-92c5-2d3f1bd2253f',
    'List cluster user credential action.',
    { actions: [`${cluster}/listClusterUserCredential/action`, `${cluster}/read`] },
  ),
  builtIn(
    'Azure Kubernetes Service Cluster Admin Role',
    '0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8',
    'List cluster admin credential action.',
    {
      actions: [
        `${cluster}/listClusterAdminCredential/action`,
        `${cluster}/accessProfiles/listCredential/action`,
        `${cluster}/read`,
        `${cluster}/runcommand/action`,
      ],
    },
  ),
  builtIn(
    'Azure Kubernetes Service Cluster Monitoring User',
    '1afdec4b-e479-420e-99e7-f82237c7c5e6',
    'List cluster monitoring user credential action.',
    { actions: [`${cluster}/listClusterMonitoringUserCredential/action`, `${cluster}/read`] },
  ),
  builtIn(
    'Azure Kubernetes Service Contributor Role',
    'ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8',
    'Read and write clusters.',
    {
      actions: [
        'Microsoft.Authorization/*/read',
        `${service}/locations/*`,
        `${cluster}/*`,
        `${service}/managedclustersnapshots/*`,
        `${service}/snapshots/*`,
        'Microsoft.Insights/alertRules/*',
        'Microsoft.Resources/deployments/*',
        'Microsoft.Resources/subscriptions/resourceGroups/read',
      ],
    },
  ),
  builtIn(
    'Azure Kubernetes Service RBAC Cluster Admin',
    'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b',
    'Manage all resources in the cluster.',
    { actions: throughUserCredential, dataActions: [`${cluster}/*`] },
  ),
];
