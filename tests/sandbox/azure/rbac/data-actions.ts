/** Data actions and notDataActions. */
import type { RbacCase } from './case.ts';
import { account, blob, definitions, getSecret, messages, readMetadata, vault, vaultGuide } from './fixtures.ts';
import { appGroup, subscription } from '../world.ts';

export const dataActionCases: readonly RbacCase[] = [
  {
    title: 'Owner of the subscription reads no blobs: control plane rights are not inherited by the data plane',
    source: definitions,
    holds: [{ role: 'Owner', at: subscription }],
    asks: { dataAction: `${blob}/read`, at: account },
    outcome: 'refused',
  },
  {
    title: 'a role with the data action reads blobs',
    source: definitions,
    holds: [{ role: { dataActions: [`${blob}/read`] }, at: account }],
    asks: { dataAction: `${blob}/read`, at: account },
    outcome: 'allowed',
  },
  {
    title: 'a data action grants no action of the same name',
    source: definitions,
    holds: [{ role: { dataActions: [`${blob}/read`] }, at: account }],
    asks: { action: `${blob}/read`, at: account },
    outcome: 'refused',
  },
  {
    title: 'data actions may have wildcards: messages/*',
    source: definitions,
    holds: [{ role: { dataActions: [`${messages}/*`] }, at: account }],
    asks: { dataAction: `${messages}/process/action`, at: account },
    outcome: 'allowed',
  },
  {
    title: 'NotDataActions are subtracted: messages/* without messages/delete',
    source: definitions,
    holds: [{ role: { dataActions: [`${messages}/*`], notDataActions: [`${messages}/delete`] }, at: account }],
    asks: { dataAction: `${messages}/delete`, at: account },
    outcome: 'refused',
  },
  {
    title: 'NotDataActions leave the rest: messages/add/action',
    source: definitions,
    holds: [{ role: { dataActions: [`${messages}/*`], notDataActions: [`${messages}/delete`] }, at: account }],
    asks: { dataAction: `${messages}/add/action`, at: account },
    outcome: 'allowed',
  },
  {
    title: 'NotDataActions are no deny rule',
    source: definitions,
    holds: [
      { role: { dataActions: [`${messages}/*`], notDataActions: [`${messages}/delete`] }, at: account },
      { role: { dataActions: [`${messages}/delete`] }, at: account },
    ],
    asks: { dataAction: `${messages}/delete`, at: account },
    outcome: 'allowed',
  },
  {
    title: 'Owner reads no secret of a vault with roles',
    source: vaultGuide,
    holds: [{ role: 'Owner', at: subscription }],
    asks: { dataAction: getSecret, at: vault, secret: 'password' },
    outcome: 'refused',
  },
  {
    title: 'Key Vault Secrets User reads secret values',
    source: vaultGuide,
    holds: [{ role: 'Key Vault Secrets User', at: vault }],
    asks: { dataAction: getSecret, at: vault, secret: 'password' },
    outcome: 'allowed',
  },
  {
    title: 'Key Vault Secrets User of a resource group reads secrets of its vaults',
    source: vaultGuide,
    holds: [{ role: 'Key Vault Secrets User', at: appGroup }],
    asks: { dataAction: getSecret, at: vault, secret: 'password' },
    outcome: 'allowed',
  },
  {
    title: 'Key Vault Reader reads no secret values',
    source: vaultGuide,
    holds: [{ role: 'Key Vault Reader', at: vault }],
    asks: { dataAction: getSecret, at: vault, secret: 'password' },
    outcome: 'refused',
  },
  {
    title: 'Key Vault Reader lists secrets',
    source: vaultGuide,
    holds: [{ role: 'Key Vault Reader', at: vault }],
    asks: { dataAction: readMetadata, at: vault },
    outcome: 'allowed',
  },
  {
    title: 'Key Vault Secrets User of one secret reads that secret',
    source: vaultGuide,
    holds: [{ role: 'Key Vault Secrets User', at: `${vault}/secrets/password` }],
    asks: { dataAction: getSecret, at: vault, secret: 'password' },
    outcome: 'allowed',
  },
  {
    title: 'Key Vault Secrets User of one secret reads no other',
    source: vaultGuide,
    holds: [{ role: 'Key Vault Secrets User', at: `${vault}/secrets/password` }],
    asks: { dataAction: getSecret, at: vault, secret: 'second' },
    outcome: 'refused',
  },
  {
    title: 'Key Vault Contributor reads no secrets of a vault with roles',
    source: vaultGuide,
    holds: [{ role: 'Key Vault Contributor', at: vault }],
    asks: { dataAction: getSecret, at: vault, secret: 'password' },
    outcome: 'refused',
  },
];
