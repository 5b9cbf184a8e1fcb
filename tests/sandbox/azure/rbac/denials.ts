/** Deny assignments. */
import type { RbacCase } from './case.ts';
import { assign, cluster, corp, denying, getSecret, otherGroup, readCluster, roles, vault } from './fixtures.ts';
import { appGroup, subscription, vaultId } from '../world.ts';

const locked = { actions: ['*'], notActions: ['*/read'], at: appGroup };

export const denialCases: readonly RbacCase[] = [
  {
    title: 'a deny assignment blocks even the Owner',
    source: denying,
    holds: [{ role: 'Owner', at: subscription }],
    denials: [locked],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'denied',
  },
  {
    title: 'NotActions are excluded from a deny assignment',
    source: denying,
    holds: [{ role: 'Owner', at: subscription }],
    denials: [locked],
    asks: { action: readCluster, at: cluster },
    outcome: 'allowed',
  },
  {
    title: 'a deny assignment at another group does not block',
    source: denying,
    holds: [{ role: 'Owner', at: subscription }],
    denials: [{ ...locked, at: otherGroup }],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'allowed',
  },
  {
    title: 'a deny assignment at the management group is inherited',
    source: denying,
    holds: [{ role: 'Owner', at: subscription }],
    denials: [{ ...locked, at: corp }],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'denied',
  },
  {
    title: 'doNotApplyToChildScopes leaves the resources of the group alone',
    source: denying,
    holds: [{ role: 'Owner', at: subscription }],
    denials: [{ ...locked, doNotApplyToChildScopes: true }],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'allowed',
  },
  {
    title: 'doNotApplyToChildScopes blocks at the group itself',
    source: denying,
    holds: [{ role: 'Owner', at: subscription }],
    denials: [{ ...locked, doNotApplyToChildScopes: true }],
    asks: { action: assign, at: appGroup, assignment: { role: roles.reader } },
    outcome: 'denied',
  },
  {
    title: 'excluded principals are not blocked',
    source: denying,
    holds: [{ role: 'Owner', at: subscription }],
    denials: [{ ...locked, excludePrincipals: ['caller'] }],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'allowed',
  },
  {
    title: 'a deny assignment for others does not block',
    source: denying,
    holds: [{ role: 'Owner', at: subscription }],
    denials: [{ ...locked, principals: ['other'] }],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'allowed',
  },
  {
    title: 'a deny assignment for the caller blocks',
    source: denying,
    holds: [{ role: 'Owner', at: subscription }],
    denials: [{ ...locked, principals: ['other', 'caller'] }],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'denied',
  },
  {
    title: 'data actions are denied apart from actions',
    source: denying,
    holds: [{ role: 'Key Vault Secrets User', at: vault }],
    denials: [{ dataActions: ['Microsoft.KeyVault/vaults/secrets/*'], at: appGroup }],
    asks: { dataAction: getSecret, at: vault, secret: 'password' },
    outcome: 'denied',
  },
  {
    title: 'a deny assignment of all actions denies no data action',
    source: denying,
    holds: [{ role: 'Key Vault Secrets User', at: vault }],
    denials: [{ actions: ['*'], at: appGroup }],
    asks: { dataAction: getSecret, at: vault, secret: 'password' },
    outcome: 'allowed',
  },
  {
    title: 'NotDataActions are excluded from a deny assignment',
    source: denying,
    holds: [{ role: 'Key Vault Secrets User', at: vault }],
    denials: [{ dataActions: ['*'], notDataActions: [getSecret], at: appGroup }],
    asks: { dataAction: getSecret, at: vault, secret: 'password' },
    outcome: 'allowed',
  },
  {
    title: 'who has no role is refused for that, with or without a deny assignment',
    source: `${denying} (from memory which of the two texts comes)`,
    denials: [locked],
    asks: { action: 'Microsoft.KeyVault/vaults/accessPolicies/write', at: vaultId('kvpolicy') },
    outcome: 'refused',
  },
];
