/**
 * Server-side apply: merges what a manager wants into the object, takes away what it no longer wants and nobody else
 * owns, and refuses to change what others own unless forced. Source: sigs.k8s.io/structured-merge-diff/merge.
 */
import { applyConflict } from '../errors.ts';
import {
  fieldValues,
  keyOfItem,
  printPath,
  segmentsOf,
  touches,
  type FieldPath,
  type FieldValues,
} from '../field-sets.ts';
import { isRecord, same, type Draft, type Json } from '../json.ts';
import { entryFor, managedFieldsOf, managersOf, type Manager, type Writing } from '../managers.ts';
import { nodeOf, type SchemaNode } from '../schema-node.ts';

export interface Applied {
  readonly draft: Draft;
  readonly managedFields: object[];
}

/** @param live undefined: nothing there yet. Throws 409 with one cause per contested field. */
export function serverSideApply(live: Draft | undefined, wanted: Draft, writing: Writing): Applied {
  const node = nodeOf(writing.schema);
  const current: Draft = live ?? { apiVersion: wanted.apiVersion, kind: wanted.kind, metadata: { ...wanted.metadata } };
  const managers = managersOf(current);
  const own = entryFor(managers, { ...writing, operation: 'Apply' });
  const others = managers.filter((manager) => manager !== own.found);
  const values = fieldValues(wanted, node);
  const contested = conflictsOf(others, { live: fieldValues(current, node), wanted: values });
  if (contested.length > 0 && !writing.context.force) throw refusal(contested);
  for (const { manager, path } of contested) manager.paths.delete(path);
  const draft = merge(current, wanted, node) as Draft;
  for (const path of abandoned(own.found, values, others)) removeAt(draft, segmentsOf(path));
  const paths = new Set(values.keys());
  const before = own.found;
  const time = before && same([...before.paths].sort(), [...paths].sort()) ? before.time : own.fresh.time;
  const entry: Manager = { ...own.fresh, time, paths };
  return { draft, managedFields: managedFieldsOf([...others, entry]) };
}

interface Conflict {
  readonly manager: Manager;
  readonly path: FieldPath;
}

function conflictsOf(
  others: readonly Manager[],
  { live, wanted }: { live: FieldValues; wanted: FieldValues },
): Conflict[] {
  const changed = [...wanted]
    .filter(([path, value]) => live.has(path) && !same(live.get(path), value))
    .map(([path]) => path);
  return others.flatMap((manager) =>
    changed.filter((path) => manager.paths.has(path)).map((path) => ({ manager, path })),
  );
}

function refusal(conflicts: readonly Conflict[]): Error {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${printManager(manager)}`,
    field: printPath(path),
  }));
  const [first] = conflicts;
  if (first && conflicts.length === 1) {
    const text = `Apply failed with 1 conflict: conflict with ${printManager(first.manager)}: ${printPath(first.path)}`;
    return applyConflict(text, causes);
  }
  const names = [...new Set(conflicts.map(({ manager }) => printManager(manager)))].sort();
  const lines = names.flatMap((name) => [
    `conflicts with ${name}:`,
    ...conflicts.filter(({ manager }) => printManager(manager) === name).map(({ path }) => `- ${printPath(path)}`),
  ]);
  return applyConflict(`Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`, causes);
}

function printManager({ manager, subresource, operation, apiVersion }: Manager): string {
  const name = `"${manager}"${subresource === '' ? '' : ` with subresource "${subresource}"`}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

function merge(current: unknown, wanted: unknown, node: SchemaNode): unknown {
  if (isRecord(wanted))
    return isRecord(current) && !node.atomic ? mergeRecords(current, wanted, node) : structuredClone(wanted);
  if (Array.isArray(wanted) && Array.isArray(current)) {
    if (node.list.by === 'value') return [...new Set([...(current as unknown[]), ...(wanted as unknown[])])];
    if (node.list.by === 'keys') return mergeKeyed(current, wanted, { keys: node.list.keys, node });
  }
  return structuredClone(wanted);
}

function mergeRecords(current: Json, wanted: Json, node: SchemaNode): Json {
  const result: Json = { ...current };
  for (const [name, value] of Object.entries(wanted)) result[name] = merge(result[name], value, node.child(name));
  return result;
}

function mergeKeyed(
  current: readonly unknown[],
  wanted: readonly unknown[],
  { keys, node }: { readonly keys: readonly string[]; readonly node: SchemaNode },
): unknown[] {
  const idOf = (item: unknown): string => JSON.stringify(keyOfItem(item, keys));
  const byId = new Map(current.map((item) => [idOf(item), item]));
  const merged = wanted.map((item) => merge(byId.get(idOf(item)), item, node.item()));
  const named = new Set(wanted.map(idOf));
  return [...merged, ...current.filter((item) => !named.has(idOf(item)))];
}

/** What this manager set before, sets no more, and nobody else owns; longest paths first. */
function abandoned(before: Manager | undefined, wanted: FieldValues, others: readonly Manager[]): FieldPath[] {
  const keys = new Set(wanted.keys());
  return [...(before?.paths ?? [])]
    .filter((path) => !touches(keys, path) && !others.some((manager) => touches(manager.paths, path)))
    .sort((left, right) => right.length - left.length);
}

function removeAt(value: unknown, [segment = '', ...rest]: readonly string[]): void {
  if (isRecord(value) && segment.startsWith('f:')) {
    const name = segment.slice(2);
    if (rest.length === 0) Reflect.deleteProperty(value, name);
    else {
      removeAt(value[name], rest);
      if (isEmpty(value[name])) Reflect.deleteProperty(value, name);
    }
  } else if (Array.isArray(value)) {
    const index = value.findIndex((item) => isItem(item, segment));
    if (index < 0) return;
    if (rest.length === 0) value.splice(index, 1);
    else removeAt(value[index], rest);
  }
}

function isEmpty(value: unknown): boolean {
  return (isRecord(value) && Object.keys(value).length === 0) || (Array.isArray(value) && value.length === 0);
}

function isItem(item: unknown, segment: string): boolean {
  const wanted: unknown = JSON.parse(segment.slice(2));
  if (segment.startsWith('v:')) return same(item, wanted);
  return isRecord(wanted) && same(keyOfItem(item, Object.keys(wanted)), wanted);
}
