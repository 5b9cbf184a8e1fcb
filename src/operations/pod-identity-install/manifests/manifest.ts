import type { KubeKind } from '../../../kube/kinds.ts';
import type { KubeObject } from '../../../kube/shapes.ts';
import type { Toleration } from './toleration.ts';
import type { PodIdentityVersion } from './versions.ts';

export interface ManifestOptions {
  readonly version: PodIdentityVersion;
  /** Standard: MIC puts identities on the scale sets. Managed: somebody else does, and there is no MIC. */
  readonly installMode: 'standard' | 'managed';
  /** Of MIC and NMI. */
  readonly namespace: string;
  /** Pods, bindings and identities have to be in one namespace; always so in managed mode. */
  readonly namespaced: boolean;
  readonly allowKubenet: boolean;
  /** In place of mcr.microsoft.com: a host, with a path if need be. */
  readonly imageRegistry?: string | undefined;
  /** Secret of the namespace, of type kubernetes.io/dockerconfigjson. */
  readonly imagePullSecret?: string | undefined;
  /** Of MIC; NMI has to run on every Linux node and tolerates everything. */
  readonly tolerations: readonly Toleration[];
}

/** An object of the installation. */
export interface Manifest {
  readonly kind: KubeKind;
  readonly object: KubeObject;
}

/** What every object of the installation says about itself. */
export function commonLabels({ version }: ManifestOptions): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': 'aad-pod-identity', 'app.kubernetes.io/version': `v${version}` };
}

export function image(
  program: 'mic' | 'nmi',
  { version, imageRegistry = 'mcr.microsoft.com' }: ManifestOptions,
): string {
  return `${imageRegistry}/oss/azure/aad-pod-identity/${program}:v${version}`;
}

/** For the spec of a pod. */
export function pullSecrets({ imagePullSecret }: ManifestOptions): object {
  return imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: imagePullSecret }] };
}
