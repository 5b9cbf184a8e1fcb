import type { Difference, Observed, Presence, ResourceHandler } from '../../engine/resource.ts';
import { resourceKey } from '../../engine/resource.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import type { KubeKind } from '../../kube/kinds.ts';
import { templatePatch } from '../../kube/pod-template.ts';
import type { KubeLabelSpec } from './spec.ts';

/** One label, by a merge patch that holds nothing else: whatever deploys the workload keeps all of its own fields. */
export function kubeLabels(kind: KubeKind, cluster: KubeCluster): ResourceHandler<KubeLabelSpec, string> {
  return {
    kind: 'label',
    key: ({ object, label }) =>
      resourceKey('label', kind.kind, object.metadata.namespace ?? '', object.metadata.name, label),
    describe: ({ object, label, value, on }) => {
      const name = `${kind.kind.toLowerCase()}/${object.metadata.name}`;
      return `${label}=${value} on ${on === 'pod' ? name : `the ${on} of ${name}`}`;
    },
    read: ({ labels, label }) => {
      const state = labels[label];
      const observed: Observed<string> = state === undefined ? { found: false } : { found: true, state };
      return Promise.resolve(observed);
    },
    compare: compareKubeLabel,
    apply: async ({ action, spec }) => {
      const { object, label, value, on } = spec;
      const metadata = { labels: { [label]: action === 'delete' ? null : value } };
      const patch = on === 'pod' ? { metadata } : templatePatch(kind, metadata);
      await cluster.mergePatch(kind, object.metadata, patch);
    },
  };
}

/** Only our value is ever taken away: with another one the pods belong to another binding. */
export function compareKubeLabel(
  { label, value }: KubeLabelSpec,
  observed: Observed<string>,
  wanted: Presence,
): Difference {
  if (wanted === 'absent') {
    if (!observed.found) return { action: 'none', note: 'not there' };
    return observed.state === value ? { action: 'delete' } : { action: 'none', note: `stays: it is ${observed.state}` };
  }
  if (!observed.found) return { action: 'create' };
  if (observed.state === value) return { action: 'none', note: 'exists' };
  return { action: 'update', fields: [{ field: label, from: observed.state, to: value }] };
}
