import type { KubeKind } from '../../../kube/kinds.ts';
import type { KubeObject } from '../../../kube/shapes.ts';

/** The release that is installed: the last one before the project was archived. */
export const VERSION = '1.8.17';

export interface ManifestOptions {
  /** Of MIC and NMI. */
  readonly namespace: string;
  readonly allowKubenet: boolean;
}

/** An object of the installation. */
export interface Manifest {
  readonly kind: KubeKind;
  readonly object: KubeObject;
}

/** What every object of the installation says about itself. */
export const commonLabels = {
  'app.kubernetes.io/name': 'aad-pod-identity',
  'app.kubernetes.io/version': `v${VERSION}`,
} as const;

export function image(program: 'mic' | 'nmi'): string {
  return `mcr.microsoft.com/oss/azure/aad-pod-identity/${program}:v${VERSION}`;
}
