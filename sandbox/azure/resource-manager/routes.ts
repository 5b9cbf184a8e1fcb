/** Every route of the sandbox's Azure Resource Manager. */
import { agentPoolRoutes } from './agent-pools.ts';
import { customRoleRoutes } from './custom-roles.ts';
import { deletedVaultRoutes } from './deleted-vaults.ts';
import { federatedCredentialRoutes } from './federated-credentials.ts';
import { clusterOperationRoutes } from './managed-cluster-operations.ts';
import { managedClusterWrites } from './managed-cluster-writes.ts';
import { denyAssignmentRoutes } from './deny-assignments.ts';
import { lockRoutes } from './locks.ts';
import { managedClusterRoutes } from './managed-clusters.ts';
import { managementGroupRoutes } from './management-groups.ts';
import { notImitatedRoutes } from './not-imitated.ts';
import { permissionRoutes } from './permissions.ts';
import { providerRoutes } from './providers.ts';
import { resourceGraphRoutes } from './resource-graph/routes.ts';
import { resourceRoutes } from './resources.ts';
import { roleAssignmentRoutes } from './role-assignments.ts';
import { roleDefinitionRoutes } from './role-definitions.ts';
import type { Route } from './route.ts';
import { runCommandRoutes } from './run-command/routes.ts';
import { scaleSetRoutes } from './scale-sets.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { identityRoutes } from './user-assigned-identities.ts';
import { identityWriteRoutes } from './user-assigned-identity-writes.ts';
import { accessPolicyRoutes } from './vault-access-policies.ts';
import { vaultNameRoutes } from './vault-names.ts';
import { vaultWriteRoutes } from './vault-writes.ts';
import { vaultRoutes } from './vaults.ts';

export const routes: readonly Route[] = [
  ...subscriptionRoutes,
  ...providerRoutes,
  ...resourceRoutes,
  ...managedClusterRoutes,
  ...managedClusterWrites,
  ...clusterOperationRoutes,
  ...agentPoolRoutes,
  ...runCommandRoutes,
  ...identityRoutes,
  ...identityWriteRoutes,
  ...federatedCredentialRoutes,
  ...roleAssignmentRoutes,
  ...roleDefinitionRoutes,
  ...customRoleRoutes,
  ...permissionRoutes,
  ...denyAssignmentRoutes,
  ...lockRoutes,
  ...managementGroupRoutes,
  ...vaultRoutes,
  ...vaultWriteRoutes,
  ...deletedVaultRoutes,
  ...vaultNameRoutes,
  ...accessPolicyRoutes,
  ...scaleSetRoutes,
  ...resourceGraphRoutes,
  ...notImitatedRoutes,
];
