import type { KubeKind } from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/shapes.ts';

/** A label that pods should carry: set on the pod template of a workload, or on a running pod itself. */
export interface KubeLabelSpec {
  readonly kind: KubeKind;
  readonly on: 'pod template' | 'pod';
  /** As it was read when the run began. */
  readonly object: KubeObject;
  readonly label: string;
  readonly value: string;
  /** Current labels of the template or of the pod. */
  readonly labels: Readonly<Record<string, string>>;
}
