import type { Sandbox } from '../../../../sandbox/sandbox.ts';
import type { Draft } from '../support/draft.ts';
import { names } from '../support/draft.ts';
import { curlInPod } from '../support/in-pod.ts';
import type { Cause } from './cause.ts';

const TOKEN = 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01';

export const pods: readonly Cause[] = [
  {
    row: 22,
    what: 'pods on the host network',
    spoil: (draft: Draft): void => {
      draft.workload('Deployment', 'web').spec.template.spec.hostNetwork = true;
    },
    root: 'DOC010',
    says: /network of its node/,
  },
  {
    row: 22,
    what: 'an exception that covers the pods',
    spoil: (draft: Draft): void => {
      const apiVersion = 'aadpodidentity.k8s.io/v1';
      const metadata = { name: 'too-much', namespace: names.namespace };
      draft.add({ apiVersion, kind: 'AzurePodIdentityException', metadata, spec: { podLabels: { app: 'web' } } });
    },
    root: 'DOC012',
    says: /too-much/,
  },
  {
    row: 24,
    what: 'a network policy without a way to the metadata address',
    spoil: (draft: Draft): void => {
      draft.add({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'deny-egress', namespace: names.namespace },
        spec: {
          podSelector: { matchLabels: { app: 'web' } },
          policyTypes: ['Egress'],
          egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32', '127.0.0.0/8'] } }] }],
        },
      });
    },
    root: 'DOC030',
    says: /deny-egress/,
  },
  {
    row: 25,
    what: 'an application that asks without the Metadata header',
    spoil: (): void => undefined,
    live: (sandbox: Sandbox): Promise<void> => curlInPod(sandbox, [`${TOKEN}&resource=https%3A%2F%2Fvault.azure.net`]),
    root: 'DOC038',
    says: /was 400/,
    warning: true,
  },
  {
    row: 26,
    what: 'an application that asks without a resource',
    spoil: (): void => undefined,
    live: (sandbox: Sandbox): Promise<void> => curlInPod(sandbox, ['-H', 'Metadata: true', TOKEN]),
    root: 'DOC039',
    says: /was 400/,
    warning: true,
  },
  {
    row: 35,
    what: 'pods on a Windows node',
    spoil: (draft: Draft): void => {
      draft.cluster.nodes.push({ name: 'akswin000000', scaleSet: 'akswin', os: 'windows', labels: {} });
      draft.resourceGroup(names.nodeGroup).scaleSets.push({ name: 'akswin', identities: [] });
      draft.workload('Deployment', 'web').spec.template.spec.nodeSelector = { 'kubernetes.io/os': 'windows' };
    },
    root: 'DOC011',
    says: /Windows node/,
  },
];
