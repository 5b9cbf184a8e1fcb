/**
 * Sets of field paths as managedFields keep them (FieldsV1): `f:name` a field, `k:{...}` a list item by its keys,
 * `v:...` an item of a set. Source: sigs.k8s.io/structured-merge-diff/fieldpath.
 */
import { isRecord, same, type Draft, type Json } from './json.ts';
import type { SchemaNode } from './schema-node.ts';

/** Segments joined by a separator that no name can hold. */
export type FieldPath = string;
export type FieldValues = ReadonlyMap<FieldPath, unknown>;

const SEPARATOR = '\u0001';
/** The value that stands for the mere presence of a list item: its fields have paths of their own. */
const PRESENT = '\u0001present';

const serverFields = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'selfLink',
  'managedFields',
]);

/** Every path that an object sets, with its value. Identity and what the server alone writes are left out. */
export function fieldValues(object: Draft, node: SchemaNode): Map<FieldPath, unknown> {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object;
  const own = Object.fromEntries(Object.entries(metadata).filter(([name]) => !serverFields.has(name)));
  const values = new Map<FieldPath, unknown>();
  collect({ ...rest, ...(Object.keys(own).length > 0 ? { metadata: own } : {}) }, node, [], values);
  return values;
}

function collect(value: unknown, node: SchemaNode, path: readonly string[], into: Map<FieldPath, unknown>): void {
  if (isRecord(value) && (path.length === 0 || hasFieldsOfItsOwn(value, node))) {
    for (const [name, child] of Object.entries(value)) collect(child, node.child(name), [...path, `f:${name}`], into);
  } else if (Array.isArray(value) && value.length > 0 && node.list.by !== 'replace') {
    collectList(value, node, path, into);
  } else {
    into.set(path.join(SEPARATOR), value);
  }
}

function hasFieldsOfItsOwn(value: Json, node: SchemaNode): boolean {
  return !node.atomic && Object.keys(value).length > 0;
}

function collectList(
  list: readonly unknown[],
  node: SchemaNode,
  path: readonly string[],
  into: Map<FieldPath, unknown>,
): void {
  for (const item of list) {
    if (node.list.by === 'keys') collectItem(item, { node, keys: node.list.keys }, path, into);
    else into.set([...path, `v:${JSON.stringify(item)}`].join(SEPARATOR), PRESENT);
  }
}

function collectItem(
  item: unknown,
  { node, keys }: { readonly node: SchemaNode; readonly keys: readonly string[] },
  path: readonly string[],
  into: Map<FieldPath, unknown>,
): void {
  const here = [...path, `k:${JSON.stringify(keyOfItem(item, keys))}`];
  into.set(here.join(SEPARATOR), PRESENT);
  if (isRecord(item) && Object.keys(item).length > 0) collect(item, node.item(), here, into);
}

/** Port protocols may be left out, and mean TCP: the only key with a default. */
export function keyOfItem(item: unknown, keys: readonly string[]): Json {
  const record = isRecord(item) ? item : {};
  const entries = keys.map((key) => [key, record[key] ?? (key === 'protocol' ? 'TCP' : undefined)] as const);
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

/** Paths that `after` sets and `before` does not, or not to the same value. */
export function changedPaths(before: FieldValues, after: FieldValues): FieldPath[] {
  return [...after]
    .filter(([path, value]) => !before.has(path) || !same(before.get(path), value))
    .map(([path]) => path);
}

export function toFieldsV1(paths: Iterable<FieldPath>): Json {
  const root: Json = {};
  const sorted = [...paths].sort();
  for (const path of sorted) {
    let current = root;
    for (const segment of path.split(SEPARATOR)) {
      const next = isRecord(current[segment]) ? current[segment] : {};
      current[segment] = next;
      current = next;
    }
    current['.'] = {};
  }
  return compact(root);
}

/** A leaf is written `{}`, not `{".": {}}`. */
function compact(node: Json): Json {
  const names = Object.keys(node);
  if (names.length === 1 && names[0] === '.') return {};
  return Object.fromEntries(
    Object.entries(node).map(([name, child]) => [name, name === '.' ? {} : compact(child as Json)]),
  );
}

export function fromFieldsV1(fields: unknown): Set<FieldPath> {
  const paths = new Set<FieldPath>();
  const walk = (node: Json, path: readonly string[]): void => {
    for (const [name, child] of Object.entries(node)) {
      if (name === '.') paths.add(path.join(SEPARATOR));
      else if (isRecord(child) && Object.keys(child).length > 0) walk(child, [...path, name]);
      else paths.add([...path, name].join(SEPARATOR));
    }
  };
  if (isRecord(fields)) walk(fields, []);
  return paths;
}

export function segmentsOf(path: FieldPath): string[] {
  return path.split(SEPARATOR);
}

/** Does anything in the set lie at or below this path? */
export function touches(set: ReadonlySet<FieldPath>, path: FieldPath): boolean {
  return set.has(path) || [...set].some((other) => other.startsWith(path + SEPARATOR));
}

/** As error messages print a path: `.spec.containers[name="web"].image`. */
export function printPath(path: FieldPath): string {
  return segmentsOf(path).map(printSegment).join('');
}

function printSegment(segment: string): string {
  const rest = segment.slice(2);
  if (segment.startsWith('f:')) return `.${rest}`;
  if (segment.startsWith('v:')) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as Json).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[${keys.join(',')}]`;
}
