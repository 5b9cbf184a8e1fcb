/**
 * What people do to a chain that works, told by what they do. The doctor's own catalogue is not looked at: each fault says
 * by which codes it may rightly be named.
 */
import type { Draft } from '../support/draft.ts';
import { names } from '../support/draft.ts';
import type { Random } from './random.ts';

export interface Fault {
  readonly name: string;
  /** Codes that name this and nothing else. */
  readonly named: readonly string[];
  /** Only for a vault of this model. */
  readonly model?: 'rbac' | 'policy';
  readonly apply: (draft: Draft, random: Random) => void;
}

const template = (draft: Draft): { labels: { aadpodidbinding?: string } } =>
  draft.workload('Deployment', 'web').spec.template.metadata;

const identitySpec = (draft: Draft): Record<string, unknown> =>
  draft.object('AzureIdentity', names.identity)['spec'] as Record<string, unknown>;

const bindingSpec = (draft: Draft): Record<string, unknown> =>
  draft.object('AzureIdentityBinding', `${names.identity}-binding`)['spec'] as Record<string, unknown>;

function garble(text: string, random: Random): string {
  const at = random.below(text.length);
  return `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`;
}

export const faults: readonly Fault[] = [
  {
    name: 'somebody deploys without the label',
    named: ['DOC013'],
    apply: (draft: Draft): void => {
      delete template(draft).labels.aadpodidbinding;
    },
  },
  {
    name: 'a typing error in the label',
    named: ['DOC015'],
    apply: (draft: Draft, random: Random): void => {
      template(draft).labels.aadpodidbinding = garble(names.selector, random);
    },
  },
  {
    name: 'a typing error in the selector of the binding',
    named: ['DOC015'],
    apply: (draft: Draft, random: Random): void => {
      bindingSpec(draft)['selector'] = garble(names.selector, random);
    },
  },
  {
    name: 'the binding was never made',
    named: ['DOC015'],
    apply: (draft: Draft): void => {
      draft.drop('AzureIdentityBinding', `${names.identity}-binding`);
    },
  },
  {
    name: 'the binding names another identity than there is',
    named: ['DOC016'],
    apply: (draft: Draft, random: Random): void => {
      bindingSpec(draft)['azureIdentity'] = garble(names.identity, random);
    },
  },
  {
    name: 'an AzureIdentity copied without its client id',
    named: ['DOC020'],
    apply: (draft: Draft): void => {
      identitySpec(draft)['clientID'] = '';
    },
  },
  {
    name: 'an AzureIdentity with the name of the identity as its resource id',
    named: ['DOC020'],
    apply: (draft: Draft): void => {
      identitySpec(draft)['resourceID'] = names.identity;
    },
  },
  {
    name: 'an AzureIdentity of another environment',
    named: ['DOC021'],
    apply: (draft: Draft): void => {
      identitySpec(draft)['resourceID'] = draft.identityId.replace(names.identity, 'id-of-staging');
    },
  },
  {
    name: 'the client id of before the identity was made again',
    named: ['DOC022'],
    apply: (draft: Draft): void => {
      identitySpec(draft)['clientID'] = '11111111-2222-4333-8444-555555555555';
    },
  },
  {
    name: 'nobody gave MIC the node resource group',
    named: ['DOC031'],
    apply: (draft: Draft): void => {
      draft.revoke('Virtual Machine Contributor', names.kubelet);
      draft.revoke('Contributor', names.kubelet);
    },
  },
  {
    name: 'nobody gave MIC the identity',
    named: ['DOC032'],
    apply: (draft: Draft): void => {
      draft.revoke('Managed Identity Operator', names.kubelet);
    },
  },
  {
    name: 'MIC was stopped for an upgrade and forgotten',
    named: ['DOC005'],
    apply: (draft: Draft): void => {
      draft.workload('Deployment', 'mic').spec.replicas = 0;
    },
  },
  {
    name: 'MIC was deleted',
    named: ['DOC004'],
    apply: (draft: Draft): void => {
      draft.drop('Deployment', 'mic');
    },
  },
  {
    name: 'NMI was deleted',
    named: ['DOC007'],
    apply: (draft: Draft): void => {
      draft.drop('DaemonSet', 'nmi');
    },
  },
  {
    name: 'NMI was kept off the nodes by a selector',
    named: ['POD012'],
    apply: (draft: Draft): void => {
      draft.workload('DaemonSet', 'nmi').spec.template.spec.nodeSelector = { pool: 'other' };
    },
  },
  {
    name: 'a clean-up of roles took that of NMI',
    named: ['DOC023'],
    apply: (draft: Draft): void => {
      draft.drop('ClusterRole', 'aad-pod-id-nmi-role');
    },
  },
  {
    name: 'a clean-up of bindings took that of MIC',
    named: ['DOC023'],
    apply: (draft: Draft): void => {
      draft.drop('ClusterRoleBinding', 'aad-pod-id-mic-binding');
    },
  },
  {
    name: 'the pods went to the host network',
    named: ['DOC010'],
    apply: (draft: Draft): void => {
      draft.workload('Deployment', 'web').spec.template.spec.hostNetwork = true;
    },
  },
  {
    name: 'an exception that is too wide',
    named: ['DOC012'],
    apply: (draft: Draft): void => {
      const apiVersion = 'aadpodidentity.k8s.io/v1';
      const metadata = { name: 'all-of-web', namespace: names.namespace };
      draft.add({ apiVersion, kind: 'AzurePodIdentityException', metadata, spec: { podLabels: { app: 'web' } } });
    },
  },
  {
    name: 'a default-deny policy for egress',
    named: ['DOC030'],
    apply: (draft: Draft): void => {
      draft.add({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'default-deny', namespace: names.namespace },
        spec: { podSelector: {}, policyTypes: ['Egress'] },
      });
    },
  },
  {
    name: 'nobody gave the identity the vault',
    named: ['CHK040', 'CHK041'],
    apply: (draft: Draft): void => {
      draft.vault.accessPolicies = draft.vault.accessPolicies.filter(({ principal }) => principal !== names.identity);
      draft.revoke('Key Vault Secrets User', names.identity);
      draft.revoke('Key Vault Secrets Officer', names.identity);
    },
  },
  {
    name: 'a policy that lists and does not get',
    named: ['CHK040'],
    model: 'policy',
    apply: (draft: Draft): void => {
      draft.vault.accessPolicies = [{ principal: names.identity, secrets: ['list'], keys: [], certificates: [] }];
    },
  },
  {
    name: 'a policy made for an application that acts for users',
    named: ['CHK042'],
    model: 'policy',
    apply: (draft: Draft): void => {
      const applicationId = '0c9e2b7d-41f8-4a53-9d16-7e5a8c3b2f90';
      const rest = { secrets: ['get'], keys: [], certificates: [] };
      draft.vault.accessPolicies = [{ principal: names.identity, applicationId, ...rest }];
    },
  },
  {
    name: 'the vault was closed to the public',
    named: ['CHK033'],
    apply: (draft: Draft): void => {
      draft.vault.publicNetworkAccess = 'Disabled';
      draft.rbacVault.publicNetworkAccess = 'Disabled';
    },
  },
  {
    name: 'a firewall that nobody got an address into',
    named: ['CHK032'],
    apply: (draft: Draft): void => {
      draft.vault.networkAcls = { defaultAction: 'Deny', ipRules: [] };
      draft.rbacVault.networkAcls = { defaultAction: 'Deny', ipRules: [] };
    },
  },
];
