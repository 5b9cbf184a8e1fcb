import { kinds } from '../../../kube/kinds.ts';
import type { Manifest, ManifestOptions } from './manifest.ts';
import { commonLabels } from './manifest.ts';
import { micPodLabels } from './mic.ts';

/** Pods that NMI passes on to the instance metadata service: MIC itself, and the pods of AKS add-ons. */
export function exceptions(options: ManifestOptions): readonly Manifest[] {
  const { installMode, namespace } = options;
  const { apiVersion, kind } = kinds.azurePodIdentityException;
  const exception = (name: string, where: string, podLabels: Readonly<Record<string, string>>): Manifest => {
    const metadata = { name, namespace: where, labels: commonLabels(options) };
    const object = { apiVersion, kind, metadata, spec: { podLabels } };
    return { kind: kinds.azurePodIdentityException, object };
  };
  return [
    ...(installMode === 'standard' ? [exception('mic-exception', namespace, micPodLabels)] : []),
    exception('aks-addon-exception', 'kube-system', { 'kubernetes.azure.com/managedby': 'aks' }),
  ];
}
