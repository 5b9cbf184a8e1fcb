import type { Draft } from '../support/draft.ts';
import { deployment, names } from '../support/draft.ts';
import type { Cause } from './cause.ts';

const identityFields = (draft: Draft): Record<string, unknown> =>
  draft.object('AzureIdentity', names.identity)['spec'] as Record<string, unknown>;

export const binding: readonly Cause[] = [
  {
    row: 4,
    what: 'an AzureIdentity without a resource id',
    spoil: (draft: Draft): void => {
      identityFields(draft)['resourceID'] = '';
    },
    root: 'DOC020',
    says: /resourceID ""/,
  },
  {
    row: 7,
    what: 'an AzureIdentity that names the identity where it was before',
    spoil: (draft: Draft): void => {
      identityFields(draft)['resourceID'] = draft.identityId.replace(names.infraGroup, '_rg-old');
    },
    root: 'DOC021',
    says: /_rg-old/,
  },
  {
    row: 8,
    what: 'an identity that was deleted in Azure and is still on the scale set',
    spoil: (draft: Draft): void => {
      draft.scaleSet.identities.push(draft.identityId);
      draft.revoke('Managed Identity Operator', names.kubelet);
      draft.grant('Managed Identity Operator', names.kubelet, draft.group(names.infraGroup));
      draft.revoke('Key Vault Secrets User', names.identity);
      draft.vault.accessPolicies = draft.vault.accessPolicies.filter(({ principal }) => principal !== names.identity);
      const group = draft.resourceGroup(names.infraGroup);
      group.identities = group.identities.filter(({ name }) => name !== names.identity);
    },
    root: 'DOC021',
    says: /does not exist in Azure/,
  },
  {
    row: 12,
    what: 'the same AzureIdentity in two namespaces for one label',
    spoil: (draft: Draft): void => {
      draft.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
      for (const kind of ['AzureIdentity', 'AzureIdentityBinding']) {
        const original = draft.object(kind, kind === 'AzureIdentity' ? names.identity : `${names.identity}-binding`);
        const copy = structuredClone(original);
        copy.metadata.namespace = 'other';
        draft.add(copy);
      }
    },
    root: 'POD008',
    says: /default\/id-aks-helloworld and other\/id-aks-helloworld/,
  },
  {
    row: 15,
    what: 'a label that no binding has',
    spoil: (draft: Draft): void => {
      draft.workload('Deployment', 'web').spec.template.metadata.labels.aadpodidbinding = 'Web-Selector';
    },
    root: 'DOC015',
    says: /selector Web-Selector; there are web-selector/,
  },
  {
    row: 21,
    what: 'an identity that was made again under its name',
    spoil: (draft: Draft): void => {
      identityFields(draft)['clientID'] = '00000000-1111-4222-8333-444444444444';
    },
    root: 'DOC022',
    says: /in Azure it is/,
  },
  {
    row: 23,
    what: 'two bindings with one selector',
    spoil: (draft: Draft): void => {
      const apiVersion = 'aadpodidentity.k8s.io/v1';
      const kubelet = draft.resourceGroup(names.nodeGroup).identities.find(({ name }) => name === names.kubelet);
      const resourceID = draft.identityId
        .replace(names.infraGroup, names.nodeGroup)
        .replace(names.identity, names.kubelet);
      draft.add(
        {
          apiVersion,
          kind: 'AzureIdentity',
          metadata: { name: 'node', namespace: names.namespace },
          spec: { type: 0, resourceID, clientID: kubelet?.clientId },
        },
        {
          apiVersion,
          kind: 'AzureIdentityBinding',
          metadata: { name: 'node-binding', namespace: names.namespace },
          spec: { azureIdentity: 'node', selector: names.selector },
        },
      );
      draft.grant('Managed Identity Operator', names.kubelet, resourceID);
      draft.vault.accessPolicies.push({ principal: names.kubelet, secrets: ['get'], keys: [], certificates: [] });
    },
    root: 'DOC018',
    says: /node-binding/,
    warning: true,
  },
  {
    row: 36,
    what: 'the label on the driver, and not on the executors',
    spoil: (draft: Draft): void => {
      draft.add(deployment('executors'));
    },
    root: 'DOC014',
    says: /1 of 2 pods/,
  },
];
