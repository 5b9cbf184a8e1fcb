/** Places, actions, roles and pages that the cases name. */
import { appGroup, clusterId, identityId, nodeGroup, vaultId } from '../world.ts';

export const corp = '/providers/Microsoft.Management/managementGroups/corp';
export const production = '/providers/Microsoft.Management/managementGroups/production';
export const laboratory = '/providers/Microsoft.Management/managementGroups/laboratory';
export const otherGroup = nodeGroup;
export const cluster = clusterId;
export const vault = vaultId('kvroles');
export const one = identityId('one');

export const machine = `${appGroup}/providers/Microsoft.Compute/virtualMachines/vm`;
export const account = `${appGroup}/providers/Microsoft.Storage/storageAccounts/sa`;
export const blob = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
export const messages = 'Microsoft.Storage/storageAccounts/queueServices/queues/messages';
export const readCluster = 'Microsoft.ContainerService/managedClusters/read';
export const getSecret = 'Microsoft.KeyVault/vaults/secrets/getSecret/action';
export const readMetadata = 'Microsoft.KeyVault/vaults/secrets/readMetadata/action';
export const assign = 'Microsoft.Authorization/roleAssignments/write';
export const unassign = 'Microsoft.Authorization/roleAssignments/delete';

/** Built-in roles by id: most of them are not among the sandbox's own, and conditions only compare ids. */
export const roles = {
  backupContributor: '5e467623-bb1f-42f4-a55d-6e525e11384b',
  backupReader: 'a795c7a0-d4a2-40c1-ae25-d81f01202912',
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  userAccessAdministrator: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  rbacAdministrator: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
  certificateUser: 'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba',
} as const;
export const marketing = '28c35fea-2099-4cf5-8ad9-473547bc9423';
export const dara = 'ea585310-c95c-4a68-af22-49af4363bbb1';

export const definitions = 'role-based-access-control/role-definitions';
export const overview = 'role-based-access-control/overview';
export const scopes = 'role-based-access-control/scope-overview';
export const denying = 'role-based-access-control/deny-assignments';
export const delegation = 'role-based-access-control/delegate-role-assignments-examples';
export const format = 'role-based-access-control/conditions-format';
export const locking = 'azure-resource-manager/management/lock-resources';
export const vaultGuide = 'key-vault/general/rbac-guide';
