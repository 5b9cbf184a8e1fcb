/** Custom resource definitions: accepted, established, served; and withdrawn with all their objects. */
import type { KubeObject } from '../../../contracts.ts';
import { timestamp, type Core } from '../core.ts';
import { recordAt, recordsAt, same, stringAt } from '../json.ts';
import { storageKey } from '../resources.ts';

const KEY = 'customresourcedefinitions.apiextensions.k8s.io';

interface Finding {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

const accepted: readonly Finding[] = [
  { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
  {
    type: 'Established',
    status: 'True',
    reason: 'InitialNamesAccepted',
    message: 'the initial names have been accepted',
  },
];
const refused = { type: 'NamesAccepted', status: 'False', reason: 'MultipleNamesConflict' };
const notEstablished: Finding = {
  type: 'Established',
  status: 'False',
  reason: 'NotAccepted',
  message: 'not all names are accepted',
};

export function establishDefinition(core: Core, name: string): void {
  const definition = core.store.get(KEY, undefined, name);
  if (!definition) return;
  const conflict = nameConflict(core, definition);
  const status = recordAt(definition, 'status');
  const findings = conflict === undefined ? accepted : [{ ...refused, message: conflict }, notEstablished];
  const conditions = findings.map((finding) => condition(core, definition, finding));
  const next = {
    ...status,
    conditions,
    ...(conflict === undefined ? { acceptedNames: recordAt(definition, 'spec', 'names') } : {}),
  };
  if (conflict === undefined) core.registry.serve(definition);
  if (!same(next, status)) core.store.put(KEY, { ...definition, status: next });
}

/** Two kinds of one group cannot share a name. */
function nameConflict(core: Core, definition: KubeObject): string | undefined {
  const group = stringAt(definition, 'spec', 'group');
  const names = recordAt(definition, 'spec', 'names');
  const other = core.registry
    .all()
    .find(
      (info) =>
        info.group === group &&
        !(core.registry.isCustom(info) && info.definition.metadata.name === definition.metadata.name) &&
        (info.plural === names['plural'] || info.kind === names['kind']),
    );
  return other && `"${String(names['kind'])}" is already in use`;
}

/** The time of a condition is that of its last change. */
function condition(core: Core, definition: KubeObject, finding: Finding): object {
  const before = recordsAt(definition, 'status', 'conditions').find((known) => known['type'] === finding.type);
  const since = before?.['status'] === finding.status ? before['lastTransitionTime'] : timestamp(core);
  return { ...finding, lastTransitionTime: since };
}

export function withdrawDefinition(core: Core, definition: KubeObject): void {
  const resource = core.registry
    .custom()
    .find((custom) => custom.definition.metadata.name === definition.metadata.name);
  core.registry.withdraw(definition);
  if (!resource) return;
  const key = storageKey(resource);
  for (const object of core.store.list(key)) core.store.remove(key, object);
}
