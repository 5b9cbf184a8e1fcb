import { kinds } from '../../../kube/kinds.ts';
import type { Manifest } from './manifest.ts';
import { commonLabels } from './manifest.ts';
import { micPodLabels } from './mic.ts';

/** Pods that NMI passes on to the instance metadata service: MIC itself, and the pods of AKS add-ons. */
export function exceptions(namespace: string): readonly Manifest[] {
  return [
    exception('mic-exception', namespace, micPodLabels),
    exception('aks-addon-exception', 'kube-system', { 'kubernetes.azure.com/managedby': 'aks' }),
  ];
}

function exception(name: string, namespace: string, podLabels: Readonly<Record<string, string>>): Manifest {
  const { apiVersion, kind } = kinds.azurePodIdentityException;
  const object = { apiVersion, kind, metadata: { name, namespace, labels: commonLabels }, spec: { podLabels } };
  return { kind: kinds.azurePodIdentityException, object };
}
