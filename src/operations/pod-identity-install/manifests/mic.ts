import { kinds } from '../../../kube/kinds.ts';
import { serviceAccountName } from './access.ts';
import type { Manifest, ManifestOptions } from './manifest.ts';
import { commonLabels, image, pullSecrets } from './manifest.ts';

/** Upstream's selector of MIC's pods; the exception that keeps NMI out of MIC's way names the same labels. */
export const micPodLabels = { app: 'mic', component: 'mic' } as const;

/** Where the elected MIC writes its name, and the record of finished upgrades that it keeps. */
export const LEADER_ENDPOINTS = 'aad-pod-identity-mic';
export const MIC_CONFIG_MAP = 'aad-pod-identity-config';

const AZURE_CONFIG = '/etc/kubernetes/azure.json';

/** Managed Identity Controller: matches pods with bindings and puts identities on scale sets. */
export function mic(options: ManifestOptions): Manifest {
  const { namespace, tolerations } = options;
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'mic',
      namespace,
      labels: { ...commonLabels(options), component: 'mic', 'k8s-app': 'aad-pod-id' },
    },
    spec: {
      replicas: 2,
      selector: { matchLabels: micPodLabels },
      template: {
        metadata: { labels: micPodLabels },
        spec: {
          serviceAccountName: serviceAccountName('mic'),
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          ...pullSecrets(options),
          ...(tolerations.length === 0 ? {} : { tolerations }),
          containers: [container(options)],
          volumes: [{ name: 'k8s-azure-file', hostPath: { path: AZURE_CONFIG } }],
        },
      },
    },
  };
  return { kind: kinds.deployment, object };
}

function container(options: ManifestOptions): object {
  const { namespace, namespaced } = options;
  // MIC looks for its lock in `default` unless it is told otherwise.
  const leader = namespace === 'default' ? [] : [`--leader-election-namespace=${namespace}`];
  return {
    name: 'mic',
    image: image('mic', options),
    args: [
      `--cloudconfig=${AZURE_CONFIG}`,
      '--logtostderr',
      ...leader,
      ...(namespaced ? ['--forceNamespaced=true'] : []),
    ],
    env: [{ name: 'MIC_POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
    resources: { limits: { cpu: '200m', memory: '1Gi' }, requests: { cpu: '100m', memory: '256Mi' } },
    // azure.json is readable by root only.
    securityContext: { runAsUser: 0, readOnlyRootFilesystem: true },
    volumeMounts: [{ name: 'k8s-azure-file', mountPath: AZURE_CONFIG, readOnly: true }],
    livenessProbe: { httpGet: { path: '/healthz', port: 8080 }, initialDelaySeconds: 10, periodSeconds: 5 },
  };
}
