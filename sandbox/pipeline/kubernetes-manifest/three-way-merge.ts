/**
 * The patch of a client-side apply: from what was applied last, what is to be applied now, and what is there. Fields that
 * others have set stay; fields that the manifest no longer has go. Lists of objects are merged by the key that the
 * Kubernetes API documents for them (strategic merge patch), other lists are replaced as a whole.
 */
import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from './json.ts';

export interface MergeInput {
  /** The last-applied annotation; undefined where nobody has applied the object yet. */
  readonly original: JsonObject | undefined;
  readonly modified: JsonObject;
  readonly current: JsonObject;
  /** False for kinds that know JSON merge patch only (custom resources). */
  readonly strategic: boolean;
}

/** x-kubernetes-patch-merge-key by the list's field; `ports` has another one in services than in containers. */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  ports: ['containerPort', 'port'],
};

/** Undefined where nothing needs to change. */
export function threeWayPatch({ original, modified, current, strategic }: MergeInput): JsonObject | undefined {
  return mergeObjects(original ?? {}, modified, current, strategic);
}

function mergeObjects(
  original: JsonObject,
  modified: JsonObject,
  current: JsonObject,
  strategic: boolean,
): JsonObject | undefined {
  const patch: Record<string, Json> = {};
  for (const [field, value] of Object.entries(modified)) {
    const change = mergeField(
      field,
      { original: original[field], modified: value, current: current[field] },
      strategic,
    );
    if (change !== undefined) patch[field] = change;
  }
  for (const field of Object.keys(original)) {
    if (!(field in modified) && field in current) patch[field] = null;
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

interface Values {
  readonly original: Json | undefined;
  readonly modified: Json;
  readonly current: Json | undefined;
}

function mergeField(field: string, values: Values, strategic: boolean): Json | undefined {
  const { original, modified, current } = values;
  // A null in a manifest means that the field shall not be there.
  if (modified === null) return (current ?? null) === null ? undefined : null;
  if (isObject(modified) && isObject(current))
    return mergeObjects(objectOrEmpty(original), modified, current, strategic);
  const lists = strategic ? keyedLists(field, values) : undefined;
  if (lists) return mergeLists(lists);
  return isDeepStrictEqual(modified, current) ? undefined : modified;
}

interface KeyedLists {
  readonly key: string;
  readonly original: readonly JsonObject[];
  readonly modified: readonly JsonObject[];
  readonly current: readonly JsonObject[];
}

function keyedLists(field: string, { original, modified, current }: Values): KeyedLists | undefined {
  if (!isObjectList(modified) || !isObjectList(current)) return undefined;
  const key = mergeKeys[field]?.find((name) => modified.every((item) => item[name] !== undefined));
  return key === undefined ? undefined : { key, original: isObjectList(original) ? original : [], modified, current };
}

function mergeLists({ key, original, modified, current }: KeyedLists): Json | undefined {
  const find = (list: readonly JsonObject[], item: JsonObject): JsonObject | undefined =>
    list.find((other) => other[key] === item[key]);
  const changed = modified.flatMap((item) => {
    const there = find(current, item);
    const change = there ? mergeObjects(find(original, item) ?? {}, item, there, true) : item;
    return change ? [{ [key]: item[key] ?? null, ...change }] : [];
  });
  const gone = original.filter((item) => !find(modified, item) && find(current, item) !== undefined);
  const patch = [...changed, ...gone.map((item) => ({ $patch: 'delete', [key]: item[key] ?? null }))];
  return patch.length > 0 ? patch : undefined;
}

function objectOrEmpty(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isObjectList(value: Json | undefined): value is readonly JsonObject[] {
  return Array.isArray(value) && value.every((item: Json) => isObject(item));
}
