import type { DiagnosticCode } from '../../diagnostics/catalogue.ts';
import type { Wait } from '../../engine/settle.ts';
import type { KubeKind } from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/shapes.ts';

/** An object that should stand in a cluster with at least these fields; what it has besides is not ours to judge. */
export interface KubeObjectSpec {
  readonly kind: KubeKind;
  /** Without our label: the handler adds it. */
  readonly object: KubeObject;
  /** What to say when somebody else's object of this name has other values. */
  readonly foreign: DiagnosticCode;
  /** Also delete what does not carry our label (the user said so, or it is a by-product of ours). */
  readonly deleteForeign?: boolean;
  /** Looked at before the object is created or updated, e.g. until its kind is served. */
  readonly beforeApply?: Wait;
  /** Done before the object is deleted, e.g. clearing finalizers whose controller is gone. */
  readonly beforeDelete?: (signal: AbortSignal) => Promise<void>;
  /** Looked at after the object was deleted, e.g. until its pods ended. */
  readonly afterDelete?: Wait;
}

export const MANAGED_BY = 'app.kubernetes.io/managed-by';
const OURS = 'keyless-pods';

/** Who made an object is told by this label alone; `remove` deletes nothing without it. */
export function isOurs({ metadata }: KubeObject): boolean {
  return metadata.labels?.[MANAGED_BY] === OURS;
}

export function withOurLabel<Shape extends KubeObject>(object: Shape): Shape {
  const labels = { ...object.metadata.labels, [MANAGED_BY]: OURS };
  return { ...object, metadata: { ...object.metadata, labels } };
}
