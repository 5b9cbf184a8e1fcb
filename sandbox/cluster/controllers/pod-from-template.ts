/** A pod as its controller creates it. */
import type { KubeObject } from '../../contracts.ts';
import { ownerReference, randomSuffix } from './objects.ts';
import type { PodTemplate } from './shapes.ts';

/**
 * @param labels added to the template's, e.g. `controller-revision-hash`
 * @param spec put over the template's spec, e.g. the node of a DaemonSet's pod
 */
export function podFromTemplate(
  owner: KubeObject,
  template: PodTemplate,
  labels: Readonly<Record<string, string>> = {},
  spec: object = {},
): KubeObject {
  const prefix = `${owner.metadata.name}-`;
  const { annotations } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: prefix,
      name: `${prefix.slice(0, 58)}${randomSuffix()}`,
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      labels: { ...template.metadata?.labels, ...labels },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [ownerReference(owner)] as NonNullable<KubeObject['metadata']['ownerReferences']>,
    },
    spec: { ...template.spec, ...spec },
  };
}
