import { fieldsOf } from '../runtime/json.ts';
import type { KubeKind } from './kinds.ts';
import type { PodTemplate, Workload } from './shapes.ts';

const USUAL: readonly string[] = ['spec', 'template'];

/** The template from which a workload makes its pods. */
export function podTemplateOf({ templatePath = USUAL }: KubeKind, workload: Workload): PodTemplate {
  let found: unknown = workload;
  for (const field of templatePath) found = fieldsOf(found)[field];
  return fieldsOf(found);
}

/** A merge patch that changes nothing but the metadata of the pod template. */
export function templatePatch({ templatePath = USUAL }: KubeKind, metadata: object): object {
  let patch: object = { metadata };
  for (const field of templatePath.toReversed()) patch = { [field]: patch };
  return patch;
}
