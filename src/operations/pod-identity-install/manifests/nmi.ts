import { kinds } from '../../../kube/kinds.ts';
import { serviceAccountName } from './access.ts';
import type { Manifest, ManifestOptions } from './manifest.ts';
import { commonLabels, image, pullSecrets } from './manifest.ts';

export const nmiPodLabels = { component: 'nmi', tier: 'node' } as const;

const PROBE_PORT = 8085;
const XTABLES_LOCK = '/run/xtables.lock';
const KUBELET_CONFIG = '/etc/default/kubelet';

/** Node Managed Identity: answers the token requests of the pods of its node in place of the instance metadata service. */
export function nmi(options: ManifestOptions): Manifest {
  const labels = { ...commonLabels(options), ...nmiPodLabels, 'k8s-app': 'aad-pod-id' };
  const { namespace } = options;
  const object = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'nmi', namespace, labels },
    spec: {
      updateStrategy: { type: 'RollingUpdate' },
      selector: { matchLabels: nmiPodLabels },
      template: {
        metadata: { labels: nmiPodLabels },
        spec: {
          serviceAccountName: serviceAccountName('nmi'),
          hostNetwork: true,
          dnsPolicy: 'ClusterFirstWithHostNet',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          // On a tainted node without NMI, pods would talk to the instance metadata service itself.
          tolerations: [{ operator: 'Exists' }],
          ...pullSecrets(options),
          containers: [container(options)],
          volumes: [
            { name: 'iptableslock', hostPath: { path: XTABLES_LOCK, type: 'FileOrCreate' } },
            { name: 'kubelet-config', hostPath: { path: KUBELET_CONFIG, type: 'FileOrCreate' } },
          ],
        },
      },
    },
  };
  return { kind: kinds.daemonSet, object };
}

function container(options: ManifestOptions): object {
  return {
    name: 'nmi',
    image: image('nmi', options),
    args: args(options),
    env: [
      { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    ],
    resources: { limits: { cpu: '200m', memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
    securityContext: {
      runAsUser: 0,
      capabilities: { drop: ['ALL'], add: ['DAC_READ_SEARCH', 'NET_ADMIN', 'NET_RAW'] },
    },
    volumeMounts: [
      { name: 'iptableslock', mountPath: XTABLES_LOCK },
      { name: 'kubelet-config', mountPath: KUBELET_CONFIG, readOnly: true },
    ],
    livenessProbe: { httpGet: { path: '/healthz', port: PROBE_PORT }, initialDelaySeconds: 10, periodSeconds: 5 },
  };
}

function args({ installMode, namespace, namespaced, allowKubenet }: ManifestOptions): readonly string[] {
  const managed = installMode === 'managed';
  return [
    '--node=$(NODE_NAME)',
    ...(managed ? ['--operation-mode=managed'] : []),
    ...(managed || namespaced ? ['--forceNamespaced=true'] : []),
    `--http-probe-port=${PROBE_PORT}`,
    '--enableScaleFeatures=true',
    '--metadata-header-required=true',
    // NMI lets MIC's own token requests pass, and looks for MIC in `default` unless it is told otherwise.
    ...(managed || namespace === 'default' ? [] : [`--MICNamespace=${namespace}`]),
    ...(allowKubenet ? ['--allow-network-plugin-kubenet=true'] : []),
  ];
}
