/** Actions, wildcards and notActions. */
import type { RbacCase } from './case.ts';
import { assign, cluster, definitions, machine, one, overview, readCluster, roles } from './fixtures.ts';
import { appGroup, subscription, vaultId } from '../world.ts';

export const actionCases: readonly RbacCase[] = [
  {
    title: 'who holds no role may do nothing',
    source: overview,
    asks: { action: readCluster, at: cluster },
    outcome: 'refused',
  },
  {
    title: '*/read grants reading of all types of all providers',
    source: definitions,
    holds: [{ role: { actions: ['*/read'] }, at: subscription }],
    asks: { action: readCluster, at: cluster },
    outcome: 'allowed',
  },
  {
    title: '*/read grants no action',
    source: definitions,
    holds: [{ role: { actions: ['*/read'] }, at: subscription }],
    asks: { action: 'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action', at: cluster },
    outcome: 'refused',
  },
  {
    title: 'Microsoft.Compute/* grants all actions of all types of the provider',
    source: definitions,
    holds: [{ role: { actions: ['Microsoft.Compute/*'] }, at: appGroup }],
    asks: { action: 'Microsoft.Compute/virtualMachines/start/action', at: machine },
    outcome: 'allowed',
  },
  {
    title: 'Microsoft.Compute/* grants nothing of another provider',
    source: definitions,
    holds: [{ role: { actions: ['Microsoft.Compute/*'] }, at: appGroup }],
    asks: { action: readCluster, at: cluster },
    outcome: 'refused',
  },
  {
    title: 'Microsoft.Network/*/read grants reading within the provider',
    source: definitions,
    holds: [{ role: { actions: ['Microsoft.Network/*/read'] }, at: appGroup }],
    asks: {
      action: 'Microsoft.Network/virtualNetworks/subnets/read',
      at: `${appGroup}/providers/Microsoft.Network/virtualNetworks/v`,
    },
    outcome: 'allowed',
  },
  {
    title: 'Microsoft.Network/*/read grants no writing',
    source: definitions,
    holds: [{ role: { actions: ['Microsoft.Network/*/read'] }, at: appGroup }],
    asks: {
      action: 'Microsoft.Network/virtualNetworks/write',
      at: `${appGroup}/providers/Microsoft.Network/virtualNetworks/v`,
    },
    outcome: 'refused',
  },
  {
    title: 'Microsoft.Compute/virtualMachines/* grants the actions of child types',
    source: definitions,
    holds: [{ role: { actions: ['Microsoft.Compute/virtualMachines/*'] }, at: appGroup }],
    asks: { action: 'Microsoft.Compute/virtualMachines/extensions/write', at: `${machine}/extensions/x` },
    outcome: 'allowed',
  },
  {
    title: 'one action grants that action, in any letter case',
    source: definitions,
    holds: [{ role: { actions: ['microsoft.web/sites/restart/Action'] }, at: appGroup }],
    asks: { action: 'Microsoft.Web/sites/restart/action', at: `${appGroup}/providers/Microsoft.Web/sites/w` },
    outcome: 'allowed',
  },
  {
    title: 'a wildcard in the middle also stands for nothing',
    source:
      'role-based-access-control/built-in-roles/identity (Managed Identity Operator; from memory that it matches)',
    holds: [{ role: 'Managed Identity Operator', at: one }],
    asks: { action: 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action', at: one },
    outcome: 'allowed',
  },
  {
    title: 'Managed Identity Operator reads the identity that it is for',
    source: 'role-based-access-control/built-in-roles/identity',
    holds: [{ role: 'Managed Identity Operator', at: one }],
    asks: { action: 'Microsoft.ManagedIdentity/userAssignedIdentities/read', at: one },
    outcome: 'allowed',
  },
  {
    title: 'Managed Identity Operator changes nothing',
    source: 'role-based-access-control/built-in-roles/identity',
    holds: [{ role: 'Managed Identity Operator', at: one }],
    asks: { action: 'Microsoft.ManagedIdentity/userAssignedIdentities/write', at: one },
    outcome: 'refused',
  },
  {
    title: 'NotActions are subtracted: exports/* without exports/delete',
    source: definitions,
    holds: [
      {
        role: {
          actions: ['Microsoft.CostManagement/exports/*'],
          notActions: ['Microsoft.CostManagement/exports/delete'],
        },
        at: subscription,
      },
    ],
    asks: { action: 'Microsoft.CostManagement/exports/delete', at: subscription },
    outcome: 'refused',
  },
  {
    title: 'NotActions leave the rest: exports/run/action',
    source: definitions,
    holds: [
      {
        role: {
          actions: ['Microsoft.CostManagement/exports/*'],
          notActions: ['Microsoft.CostManagement/exports/delete'],
        },
        at: subscription,
      },
    ],
    asks: { action: 'Microsoft.CostManagement/exports/run/action', at: subscription },
    outcome: 'allowed',
  },
  {
    title: 'NotActions are no deny rule: a second role may grant the action',
    source: definitions,
    holds: [
      {
        role: {
          actions: ['Microsoft.CostManagement/exports/*'],
          notActions: ['Microsoft.CostManagement/exports/delete'],
        },
        at: subscription,
      },
      { role: { actions: ['Microsoft.CostManagement/exports/delete'] }, at: subscription },
    ],
    asks: { action: 'Microsoft.CostManagement/exports/delete', at: subscription },
    outcome: 'allowed',
  },
  {
    title: 'NotActions may have wildcards: Contributor assigns no roles',
    source: definitions,
    holds: [{ role: 'Contributor', at: subscription }],
    asks: { action: assign, at: appGroup, assignment: { role: roles.reader } },
    outcome: 'refused',
  },
  {
    title: 'Contributor manages all else',
    source: definitions,
    holds: [{ role: 'Contributor', at: subscription }],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'allowed',
  },
  {
    title: 'User Access Administrator assigns roles',
    source: 'role-based-access-control/built-in-roles/privileged',
    holds: [{ role: 'User Access Administrator', at: appGroup }],
    asks: { action: assign, at: appGroup, assignment: { role: roles.reader } },
    outcome: 'allowed',
  },
  {
    title: 'User Access Administrator manages no resources',
    source: 'role-based-access-control/built-in-roles/privileged',
    holds: [{ role: 'User Access Administrator', at: appGroup }],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'refused',
  },
  {
    title: 'Reader reads role assignments, too',
    source: 'role-based-access-control/built-in-roles/general',
    holds: [{ role: 'Reader', at: appGroup }],
    asks: { action: 'Microsoft.Authorization/roleAssignments/read', at: appGroup },
    outcome: 'allowed',
  },
];
