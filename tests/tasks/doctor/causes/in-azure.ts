import type { Sandbox } from '../../../../sandbox/sandbox.ts';
import type { Draft } from '../support/draft.ts';
import { names } from '../support/draft.ts';
import { asked } from '../support/examine.ts';
import type { Cause } from './cause.ts';

export const inAzure: readonly Cause[] = [
  {
    row: 5,
    what: 'no role in the node resource group',
    spoil: (draft: Draft): void => {
      draft.revoke('Virtual Machine Contributor', names.kubelet);
    },
    root: 'DOC031',
    says: /lacks Virtual Machine Contributor/,
  },
  {
    row: 6,
    what: 'no role at the identity',
    spoil: (draft: Draft): void => {
      draft.revoke('Managed Identity Operator', names.kubelet);
    },
    root: 'DOC032',
    says: /lacks Managed Identity Operator at identity id-aks-helloworld/,
  },
  {
    row: 9,
    what: 'Azure throttles what MIC writes',
    spoil: (draft: Draft): void => {
      draft.scenario.throttling = { writes: { size: 0, perSecond: 0.0001 } };
    },
    inputs: { ...asked, kubernetesServiceConnection: 'cluster-conn-kubeconfig' },
    root: 'DOC033',
    says: /throttles/,
  },
  {
    row: 13,
    what: 'a lock on the node resource group',
    spoil: (draft: Draft): void => {
      draft.subscription.locks = [{ name: 'frozen', scope: draft.group(names.nodeGroup), level: 'ReadOnly' }];
    },
    root: 'AZR004',
    says: /lock/,
  },
  {
    row: 30,
    what: 'the identity taken off the scale set after MIC put it there',
    spoil: (draft: Draft): void => {
      const { containers } = draft.workload('Deployment', 'mic').spec.template.spec;
      containers[0].args.push('--identity-assignment-reconcile-interval=3h');
    },
    live: (sandbox: Sandbox): Promise<void> => {
      sandbox.azure.reset();
      return Promise.resolve();
    },
    root: 'DOC036',
    says: /is not on aks-nodepool1/,
  },
];

export const atVault: readonly Cause[] = [
  {
    row: 38,
    what: 'the policy for the client id',
    spoil: (draft: Draft): void => {
      const { clientId } = draft.identity;
      draft.vault.accessPolicies = [{ principal: clientId, secrets: ['get'], keys: [], certificates: [] }];
    },
    root: 'CHK040',
    says: /names its client id/,
  },
  {
    row: 39,
    what: 'a policy with an application id',
    spoil: (draft: Draft): void => {
      const applicationId = '0c9e2b7d-41f8-4a53-9d16-7e5a8c3b2f90';
      draft.vault.accessPolicies = [
        { principal: names.identity, applicationId, secrets: ['get'], keys: [], certificates: [] },
      ];
    },
    root: 'CHK042',
    says: /acting for a user/,
  },
  {
    row: 40,
    what: 'the role at another vault',
    spoil: (draft: Draft): void => {
      draft.revoke('Key Vault Secrets User', names.identity);
      draft.grant('Key Vault Secrets User', names.identity, draft.vaultId(names.vault));
    },
    inputs: { ...asked, keyVault: names.rbacVault },
    root: 'CHK041',
    says: /no role that reads secrets at kvpwe002/,
  },
  {
    row: 40,
    what: 'a role that reads no values',
    spoil: (draft: Draft): void => {
      draft.revoke('Key Vault Secrets User', names.identity);
      draft.grant('Key Vault Reader', names.identity, draft.vaultId(names.rbacVault));
    },
    inputs: { ...asked, keyVault: names.rbacVault },
    root: 'CHK041',
    says: /no role that reads secrets at kvpwe002/,
  },
  {
    row: 41,
    what: 'a firewall that lets in nobody',
    spoil: (draft: Draft): void => {
      draft.vault.networkAcls = { defaultAction: 'Deny', ipRules: [] };
    },
    root: 'CHK032',
    says: /no address and no subnet/,
  },
  {
    row: 41,
    what: 'no public access and no private endpoint',
    spoil: (draft: Draft): void => {
      draft.vault.publicNetworkAccess = 'Disabled';
    },
    root: 'CHK033',
    says: /no private endpoint/,
  },
  {
    row: 'vault',
    what: 'a vault that was deleted',
    spoil: (draft: Draft): void => {
      draft.vault.deleted = true;
      draft.subscription.customRoles[0]?.actions.push('Microsoft.KeyVault/deletedVaults/read');
    },
    root: 'KVT005',
    says: /is deleted/,
  },
];
