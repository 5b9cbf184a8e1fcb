import type { Draft } from '../support/draft.ts';
import { installation } from '../support/draft.ts';
import type { Cause } from './cause.ts';

const customKinds = ['AzurePodIdentityException', 'AzureIdentity', 'AzureIdentityBinding'];

function withoutDefinitions(draft: Draft): void {
  for (const kind of ['CustomResourceDefinition', ...customKinds]) draft.drop(kind);
}

function setImage(draft: Draft, program: 'mic' | 'nmi', version: string): void {
  const workload = draft.workload(program === 'mic' ? 'Deployment' : 'DaemonSet', program);
  workload.spec.template.spec.containers[0].image = `mcr.microsoft.com/k8s/aad-pod-identity/${program}:${version}`;
}

export const installing: readonly Cause[] = [
  {
    row: 1,
    what: 'manifests of 1.7.0 on a Kubernetes without apiextensions.k8s.io/v1beta1',
    spoil: (draft: Draft): void => {
      withoutDefinitions(draft);
      setImage(draft, 'mic', 'v1.7.0');
      setImage(draft, 'nmi', 'v1.7.0');
    },
    root: 'DOC001',
    says: /v1\.7\.0/,
  },
  {
    row: 2,
    what: 'definitions without the annotation api-approved.kubernetes.io, which the API server refused',
    spoil: withoutDefinitions,
    root: 'DOC002',
    says: /serves no azureidentities/,
  },
  {
    row: 3,
    what: 'a Helm upgrade that brought no new definition',
    spoil: (draft: Draft): void => {
      draft.drop('AzurePodIdentityException');
      draft.drop('CustomResourceDefinition', 'azurepodidentityexceptions.aadpodidentity.k8s.io');
    },
    root: 'DOC002',
    says: /azurepodidentityexceptions/,
  },
  {
    row: 10,
    what: 'MIC 1.5, which writes ids in the letter case of their objects',
    spoil: (draft: Draft): void => {
      setImage(draft, 'mic', '1.5.5');
    },
    root: 'DOC003',
    says: /1\.5\.5/,
    warning: true,
  },
  {
    row: 33,
    what: 'MIC 1.5, which writes the whole scale set',
    spoil: (draft: Draft): void => {
      setImage(draft, 'mic', '1.5.3');
      setImage(draft, 'nmi', '1.5.3');
    },
    root: 'DOC003',
    says: /1\.5\.3/,
    warning: true,
  },
  {
    row: 34,
    what: 'MIC 1.7.1, which does not bear a scale set without identities',
    spoil: (draft: Draft): void => {
      setImage(draft, 'mic', 'v1.7.1');
    },
    root: 'DOC003',
    says: /1\.7\.1/,
    warning: true,
  },
  {
    row: 17,
    what: 'no exception for the pods of AKS add-ons',
    spoil: (draft: Draft): void => {
      draft.drop('AzurePodIdentityException', 'aks-addon-exception');
    },
    root: 'DOC025',
    says: /kube-system/,
    warning: true,
  },
  {
    row: 18,
    what: 'MIC in a namespace of its own that NMI does not know',
    spoil: (draft: Draft): void => {
      draft.objects = draft.objects.filter(
        ({ kind, metadata }) => !['mic', 'nmi'].includes(metadata.name) || kind === 'CustomResourceDefinition',
      );
      draft.drop('ServiceAccount', 'aad-pod-id-mic-service-account');
      draft.drop('ServiceAccount', 'aad-pod-id-nmi-service-account');
      draft.drop('ClusterRole', 'aad-pod-id-mic-role');
      draft.drop('ClusterRole', 'aad-pod-id-nmi-role');
      draft.drop('ClusterRoleBinding', 'aad-pod-id-mic-binding');
      draft.drop('ClusterRoleBinding', 'aad-pod-id-nmi-binding');
      draft.drop('AzurePodIdentityException', 'mic-exception');
      draft.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'pod-identity' } });
      const moved = installation({ namespace: 'pod-identity' }).filter(
        ({ kind }) => kind !== 'CustomResourceDefinition' && kind !== 'AzurePodIdentityException',
      );
      draft.add(...moved);
      const { containers } = draft.workload('DaemonSet', 'nmi').spec.template.spec;
      containers[0].args = containers[0].args.filter((word) => !word.includes('MICNamespace'));
    },
    root: 'DOC024',
    says: /namespace pod-identity/,
  },
  {
    row: 19,
    what: 'the role of NMI without pods',
    spoil: (draft: Draft): void => {
      const role = draft.object('ClusterRole', 'aad-pod-id-nmi-role');
      role['rules'] = (role['rules'] as { resources: string[] }[]).filter(
        ({ resources }) => !resources.includes('pods'),
      );
    },
    root: 'DOC023',
    says: /NMI may not list pods/,
  },
  {
    row: 31,
    what: 'the ClusterRoleBindings of MIC and NMI deleted',
    spoil: (draft: Draft): void => {
      draft.drop('ClusterRoleBinding', 'aad-pod-id-nmi-binding');
      draft.drop('ClusterRoleBinding', 'aad-pod-id-mic-binding');
    },
    root: 'DOC023',
    says: /MIC may not/,
  },
  {
    row: 27,
    what: 'a cluster on kubenet',
    spoil: (draft: Draft): void => {
      draft.cluster.networkPlugin = 'kubenet';
    },
    root: 'POD002',
    says: /kubenet/,
  },
];
