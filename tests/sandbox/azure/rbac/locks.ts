/** Management locks. */
import type { RbacCase } from './case.ts';
import { assign, cluster, getSecret, locking, readCluster, roles, unassign, vault } from './fixtures.ts';
import { appGroup, subscription, vaultId } from '../world.ts';

export const lockCases: readonly RbacCase[] = [
  {
    title: 'ReadOnly: nobody writes, not even the Owner',
    source: locking,
    holds: [{ role: 'Owner', at: subscription }],
    locks: [{ at: appGroup, level: 'ReadOnly' }],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'locked',
  },
  {
    title: 'ReadOnly: everybody with the right reads',
    source: locking,
    holds: [{ role: 'Reader', at: subscription }],
    locks: [{ at: subscription, level: 'ReadOnly' }],
    asks: { action: readCluster, at: cluster },
    outcome: 'allowed',
  },
  {
    title: 'ReadOnly: actions by POST are stopped, too',
    source: locking,
    holds: [{ role: 'Owner', at: subscription }],
    locks: [{ at: cluster, level: 'ReadOnly' }],
    asks: { action: 'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action', at: cluster },
    outcome: 'locked',
  },
  {
    title: 'ReadOnly: no roles are assigned at the locked resource',
    source: locking,
    holds: [{ role: 'Owner', at: subscription }],
    locks: [{ at: vault, level: 'ReadOnly' }],
    asks: { action: assign, at: vault, assignment: { role: roles.reader } },
    outcome: 'locked',
  },
  {
    title: 'ReadOnly at a resource leaves the others of its group alone',
    source: locking,
    holds: [{ role: 'Owner', at: subscription }],
    locks: [{ at: vault, level: 'ReadOnly' }],
    asks: { action: assign, at: appGroup, assignment: { role: roles.reader } },
    outcome: 'allowed',
  },
  {
    title: 'CanNotDelete: writing goes on',
    source: locking,
    holds: [{ role: 'Owner', at: subscription }],
    locks: [{ at: appGroup, level: 'CanNotDelete' }],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'allowed',
  },
  {
    title: 'CanNotDelete: role assignments of the group are not removed',
    source: locking,
    holds: [{ role: 'Owner', at: subscription }],
    locks: [{ at: appGroup, level: 'CanNotDelete' }],
    asks: { action: unassign, at: appGroup, assignment: { role: roles.reader } },
    outcome: 'locked',
  },
  {
    title: 'CanNotDelete at a resource: its group is not deleted',
    source: locking,
    holds: [{ role: 'Owner', at: subscription }],
    locks: [{ at: cluster, level: 'CanNotDelete' }],
    asks: { action: 'Microsoft.Resources/subscriptions/resourceGroups/delete', at: appGroup },
    outcome: 'locked',
  },
  {
    title: 'locks hold for the control plane only: secrets are read',
    source: locking,
    holds: [{ role: 'Key Vault Secrets User', at: vault }],
    locks: [{ at: vault, level: 'ReadOnly' }],
    asks: { dataAction: getSecret, at: vault, secret: 'password' },
    outcome: 'allowed',
  },
  {
    title: 'who has no right is refused for that before any lock',
    source: `${locking} (from memory which comes first)`,
    holds: [{ role: 'Reader', at: subscription }],
    locks: [{ at: appGroup, level: 'ReadOnly' }],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'refused',
  },
];
