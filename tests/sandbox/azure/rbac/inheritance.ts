/** Scopes, from the root to one resource. */
import type { RbacCase } from './case.ts';
import {
  assign,
  cluster,
  corp,
  laboratory,
  otherGroup,
  overview,
  production,
  readCluster,
  roles,
  scopes,
} from './fixtures.ts';
import { appGroup, subscription, vaultId } from '../world.ts';

export const inheritanceCases: readonly RbacCase[] = [
  {
    title: 'a role at the resource is for the resource',
    source: scopes,
    holds: [{ role: 'Reader', at: cluster }],
    asks: { action: readCluster, at: cluster },
    outcome: 'allowed',
  },
  {
    title: 'a role at the resource group is inherited by its resources',
    source: scopes,
    holds: [{ role: 'Reader', at: appGroup }],
    asks: { action: readCluster, at: cluster },
    outcome: 'allowed',
  },
  {
    title: 'a role at another resource group is not',
    source: overview,
    holds: [{ role: 'Reader', at: otherGroup }],
    asks: { action: readCluster, at: cluster },
    outcome: 'refused',
  },
  {
    title: 'a role at a resource is not for its group',
    source: scopes,
    holds: [{ role: 'Reader', at: cluster }],
    asks: { action: 'Microsoft.Resources/subscriptions/resourceGroups/read', at: appGroup },
    outcome: 'refused',
  },
  {
    title: 'a group whose name only begins like another is another group',
    source: `${scopes} (from memory: scopes are segments)`,
    holds: [{ role: 'Reader', at: `${subscription}/resourceGroups/ap` }],
    asks: { action: readCluster, at: cluster },
    outcome: 'refused',
  },
  {
    title: 'scopes are compared in any letter case',
    source: `${scopes} (resourcegroups and resourceGroups are both written there)`,
    holds: [{ role: 'Reader', at: appGroup.replace('resourceGroups/app', 'resourcegroups/APP') }],
    asks: { action: readCluster, at: cluster },
    outcome: 'allowed',
  },
  {
    title: 'a role at a management group is inherited by its subscriptions',
    source: scopes,
    holds: [{ role: 'Reader', at: production }],
    asks: { action: readCluster, at: cluster },
    outcome: 'allowed',
  },
  {
    title: 'and by those of the groups below it',
    source: 'governance/management-groups/overview',
    holds: [{ role: 'Reader', at: corp }],
    asks: { action: readCluster, at: cluster },
    outcome: 'allowed',
  },
  {
    title: 'a role at a sibling management group is not inherited',
    source: 'governance/management-groups/overview',
    holds: [{ role: 'Owner', at: laboratory }],
    asks: { action: readCluster, at: cluster },
    outcome: 'refused',
  },
  {
    title: 'a role at the subscription is not for the management group above it',
    source: 'governance/management-groups/overview',
    holds: [{ role: 'Owner', at: subscription }],
    asks: { action: 'Microsoft.Management/managementGroups/read', at: production },
    outcome: 'refused',
  },
  {
    title: 'a role at the root scope is for everything in the tenant',
    source: 'role-based-access-control/elevate-access-global-admin',
    holds: [{ role: 'User Access Administrator', at: '/' }],
    asks: { action: assign, at: appGroup, assignment: { role: roles.reader } },
    outcome: 'allowed',
  },
  {
    title: 'roles add up: Contributor of the subscription and Reader of the group is Contributor',
    source: overview,
    holds: [
      { role: 'Contributor', at: subscription },
      { role: 'Reader', at: appGroup },
    ],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'allowed',
  },
];
