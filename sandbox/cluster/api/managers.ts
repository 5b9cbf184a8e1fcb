/** metadata.managedFields: who set which field. */
import type { KubeObject } from '../../contracts.ts';
import { timestamp, type Core, type Target, type WriteContext } from './core.ts';
import { changedPaths, fieldValues, fromFieldsV1, segmentsOf, toFieldsV1, type FieldPath } from './field-sets.ts';
import { draftOf, recordsAt, stringAt, type Draft } from './json.ts';
import type { ObjectSchema } from './objects.ts';
import { groupVersionOf } from './resources.ts';
import { nodeOf } from './schema-node.ts';

export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
  readonly paths: Set<FieldPath>;
}

export interface Writing {
  readonly core: Core;
  readonly context: WriteContext;
  readonly target: Target;
  readonly schema: ObjectSchema;
}

export function managersOf(object: { readonly metadata: object }): Manager[] {
  return recordsAt(object.metadata, 'managedFields').map((entry) => ({
    manager: stringAt(entry, 'manager'),
    operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
    apiVersion: stringAt(entry, 'apiVersion'),
    subresource: stringAt(entry, 'subresource'),
    time: stringAt(entry, 'time'),
    paths: fromFieldsV1(entry['fieldsV1']),
  }));
}

export function managedFieldsOf(managers: readonly Manager[]): object[] {
  return managers
    .filter((manager) => manager.paths.size > 0)
    .map(({ manager, operation, apiVersion, subresource, time, paths }) => ({
      manager,
      operation,
      apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(paths),
      ...(subresource === '' ? {} : { subresource }),
    }));
}

/** After a write that is not an apply: the writer owns what it changed, and nobody else does any more. */
export function recordManager(draft: Draft, current: KubeObject | undefined, writing: Writing): void {
  const node = nodeOf(writing.schema);
  const after = fieldValues(draft, node);
  const before = current ? fieldValues(draftOf(current), node) : new Map<FieldPath, unknown>();
  // The first status is the server's own, and a write of the object cannot change it.
  const skipsStatus = writing.target.info.subresources.includes('status') && writing.target.subresource === undefined;
  const changed = changedPaths(before, after).filter((path) => !skipsStatus || !isStatus(path));
  const removed = [...before.keys()].filter((path) => !after.has(path));
  const managers = current ? managersOf(current) : [];
  const own = entryFor(managers, { ...writing, operation: 'Update' });
  disown(managers, own.found, { changed, removed });
  if (changed.length === 0) {
    draft.metadata['managedFields'] = managedFieldsOf(managers);
    return;
  }
  const paths = new Set([...(own.found?.paths ?? []), ...changed]);
  const entry: Manager = { ...own.fresh, paths };
  draft.metadata['managedFields'] = managedFieldsOf([...managers.filter((manager) => manager !== own.found), entry]);
}

interface Moves {
  readonly changed: readonly FieldPath[];
  readonly removed: readonly FieldPath[];
}

/** What is gone nobody owns; what the writer changed nobody else does. */
function disown(managers: readonly Manager[], own: Manager | undefined, { changed, removed }: Moves): void {
  for (const manager of managers) {
    const lost = manager === own ? removed : [...removed, ...changed];
    for (const path of lost) manager.paths.delete(path);
  }
}

function isStatus(path: FieldPath): boolean {
  return segmentsOf(path)[0] === 'f:status';
}

/** The entry of who writes now, as it stands in the object and as a new one. */
export function entryFor(
  managers: readonly Manager[],
  writing: Writing & { readonly operation: Manager['operation'] },
): { found: Manager | undefined; fresh: Omit<Manager, 'paths'> } {
  const { core, context, target, operation } = writing;
  const fresh = {
    manager: context.fieldManager,
    operation,
    apiVersion: groupVersionOf(target.info),
    subresource: target.subresource ?? '',
    time: timestamp(core),
  };
  const found = managers.find(
    (manager) =>
      manager.manager === fresh.manager &&
      manager.operation === operation &&
      manager.subresource === fresh.subresource &&
      (operation === 'Apply' || manager.apiVersion === fresh.apiVersion),
  );
  return { found, fresh };
}
