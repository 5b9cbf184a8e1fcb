import { diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Difference, Observed, Presence } from '../../engine/resource.ts';
import type { KubeObject } from '../../kube/shapes.ts';
import { differences } from './differences.ts';
import type { KubeObjectSpec } from './spec.ts';
import { isOurs, withOurLabel } from './spec.ts';

/**
 * Compares by our fields only. An equal object that somebody else made counts as done and stays theirs (a later
 * `remove` keeps it); one with other values blocks the run, because two makers would undo each other for ever.
 */
export function compareKubeObject(spec: KubeObjectSpec, observed: Observed<KubeObject>, wanted: Presence): Difference {
  if (wanted === 'absent') return compareRemoval(spec, observed);
  if (!observed.found) return { action: 'create' };
  const live = observed.state;
  if (live.metadata.deletionTimestamp !== undefined) return { action: 'create', note: 'the old one is being deleted' };
  const ours = isOurs(live);
  const fields = differences(ours ? withOurLabel(spec.object) : spec.object, live);
  if (fields.length === 0) return { action: 'none', note: ours ? 'exists' : 'exists, made by another tool' };
  if (ours) return { action: 'update', fields };
  const differing = fields
    .slice(0, 3)
    .map(({ field, from, to }) => `${field} is ${from}, not ${to}`)
    .join('; ');
  const message = `${describeObject(spec)} was made by ${makerOf(live)} with other values (${differing}).`;
  return { action: 'blocked', diagnostic: diagnostic(spec.foreign, { message }) };
}

function compareRemoval({ deleteForeign }: KubeObjectSpec, observed: Observed<KubeObject>): Difference {
  if (!observed.found) return { action: 'none', note: 'not there' };
  if (deleteForeign === true || isOurs(observed.state)) return { action: 'delete' };
  return { action: 'none', note: 'stays: not made by this task' };
}

export function describeObject({ kind, object }: Pick<KubeObjectSpec, 'kind' | 'object'>): string {
  const { name, namespace } = object.metadata;
  return `${kind.kind} ${name}${namespace === undefined ? '' : ` in namespace ${namespace}`}`;
}

function makerOf({ metadata }: KubeObject): string {
  const managers = (metadata.managedFields ?? []).flatMap(({ manager, subresource }) =>
    manager === undefined || subresource !== undefined ? [] : [manager],
  );
  return managers.length === 0 ? 'another tool' : [...new Set(managers)].join(' and ');
}
