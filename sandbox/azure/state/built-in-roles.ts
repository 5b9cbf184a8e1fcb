/** Built-in roles with their action lists. Source: Microsoft's reference of Azure built-in roles. */
import { clusterRoles } from './cluster-roles.ts';
import { keyVaultRoles } from './key-vault-roles.ts';
import { builtIn, type RoleDefinition } from './role-definition.ts';

/** What nearly every resource role carries besides its own resource provider. */
const common = [
  'Microsoft.Authorization/*/read',
  'Microsoft.Insights/alertRules/*',
  'Microsoft.Resources/deployments/*',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
  'Microsoft.Support/*',
];

const generalRoles: readonly RoleDefinition[] = [
  builtIn('Owner', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Full access, including the right to assign roles.', {
    actions: ['*'],
  }),
  builtIn('Contributor', 'b24988ac-6180-42a0-ab88-20f7382dd24c', 'Full access, without the right to assign roles.', {
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
      'Microsoft.Blueprint/blueprintAssignments/write',
      'Microsoft.Blueprint/blueprintAssignments/delete',
      'Microsoft.Compute/galleries/share/action',
      'Microsoft.Purview/consents/write',
      'Microsoft.Purview/consents/delete',
    ],
  }),
  builtIn('Reader', 'acdd72a7-3385-48ef-bd42-f606fba81ae7', 'View all resources.', { actions: ['*/read'] }),
  builtIn('User Access Administrator', '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'Manage access to resources.', {
    actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
  }),
  builtIn(
    'Role Based Access Control Administrator',
    'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    'Manage access to resources by assigning roles.',
    {
      actions: [
        'Microsoft.Authorization/roleAssignments/write',
        'Microsoft.Authorization/roleAssignments/delete',
        '*/read',
        'Microsoft.Support/*',
      ],
    },
  ),
];

const resourceRoles: readonly RoleDefinition[] = [
  builtIn('Virtual Machine Contributor', '9980e02c-c2be-4d73-94e8-173b1dc7cf3c', 'Manage virtual machines.', {
    actions: [
      ...common,
      'Microsoft.Compute/availabilitySets/*',
      'Microsoft.Compute/cloudServices/*',
      'Microsoft.Compute/disks/delete',
      'Microsoft.Compute/disks/read',
      'Microsoft.Compute/disks/write',
      'Microsoft.Compute/locations/*',
      'Microsoft.Compute/virtualMachines/*',
      'Microsoft.Compute/virtualMachineScaleSets/*',
      'Microsoft.DevTestLab/schedules/*',
      'Microsoft.Network/applicationGateways/backendAddressPools/join/action',
      'Microsoft.Network/loadBalancers/backendAddressPools/join/action',
      'Microsoft.Network/loadBalancers/inboundNatPools/join/action',
      'Microsoft.Network/loadBalancers/inboundNatRules/join/action',
      'Microsoft.Network/loadBalancers/probes/join/action',
      'Microsoft.Network/loadBalancers/read',
      'Microsoft.Network/locations/*',
      'Microsoft.Network/networkInterfaces/*',
      'Microsoft.Network/networkSecurityGroups/join/action',
      'Microsoft.Network/networkSecurityGroups/read',
      'Microsoft.Network/publicIPAddresses/join/action',
      'Microsoft.Network/publicIPAddresses/read',
      'Microsoft.Network/virtualNetworks/read',
      'Microsoft.Network/virtualNetworks/subnets/join/action',
      'Microsoft.ResourceHealth/availabilityStatuses/read',
      'Microsoft.SerialConsole/serialPorts/connect/action',
      'Microsoft.SqlVirtualMachine/*',
      'Microsoft.Storage/storageAccounts/listKeys/action',
      'Microsoft.Storage/storageAccounts/read',
    ],
  }),
  builtIn('Managed Identity Operator', 'f1a07417-d97a-45cb-824c-7a7467783830', 'Read and assign identities.', {
    actions: [
      ...common,
      'Microsoft.ManagedIdentity/userAssignedIdentities/*/read',
      'Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action',
    ],
  }),
  builtIn('Managed Identity Contributor', 'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59', 'Create and delete identities.', {
    actions: [
      ...common,
      'Microsoft.ManagedIdentity/userAssignedIdentities/read',
      'Microsoft.ManagedIdentity/userAssignedIdentities/write',
      'Microsoft.ManagedIdentity/userAssignedIdentities/delete',
      'Microsoft.ManagedIdentity/userAssignedIdentities/revokeTokens/action',
      ...['read', 'write', 'delete'].map(
        (verb) => `Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/${verb}`,
      ),
    ],
  }),
  builtIn('Network Contributor', '4d97b98b-1d4f-4787-a291-c67834d212e7', 'Manage networks.', {
    actions: [...common, 'Microsoft.Network/*', 'Microsoft.ResourceHealth/availabilityStatuses/read'],
  }),
  builtIn('AcrPull', '7f951dda-4ed3-4680-a7ca-43fe172d538d', 'Pull images from a registry.', {
    actions: ['Microsoft.ContainerRegistry/registries/pull/read'],
  }),
];

export const builtInRoles: readonly RoleDefinition[] = [
  ...generalRoles,
  ...resourceRoles,
  ...clusterRoles,
  ...keyVaultRoles,
];
