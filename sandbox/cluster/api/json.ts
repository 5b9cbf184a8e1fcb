/** Reading JSON whose shape nobody has checked yet. */
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../contracts.ts';

export type Json = Record<string, unknown>;

/** A Kubernetes object while the server still works on it. What leaves the store is a {@link KubeObject}, never changed. */
export interface Draft extends Json {
  apiVersion: string;
  kind: string;
  metadata: Json;
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Walks down; undefined as soon as a step is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const step of path) {
    if (!isRecord(current)) return undefined;
    current = current[step];
  }
  return current;
}

export function recordAt(value: unknown, ...path: readonly string[]): Json {
  const found = at(value, ...path);
  return isRecord(found) ? found : {};
}

/** The objects of a list; an absent or malformed list has none. */
export function recordsAt(value: unknown, ...path: readonly string[]): Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isRecord) : [];
}

export function stringAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function stringsAt(value: unknown, ...path: readonly string[]): string[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter((item) => typeof item === 'string') : [];
}

/** A map of strings such as labels; other values are left out. */
export function stringMapAt(value: unknown, ...path: readonly string[]): Record<string, string> {
  const entries = Object.entries(recordAt(value, ...path));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

export function draftOf(object: KubeObject): Draft {
  return { ...structuredClone(object) };
}

export function objectOf(draft: Draft): KubeObject {
  return draft as unknown as KubeObject;
}

export const same = isDeepStrictEqual;

/** Sets a field where it is absent: how the API server fills in defaults. */
export function fillIn(record: Json, defaults: Json): void {
  for (const [name, value] of Object.entries(defaults)) record[name] ??= structuredClone(value);
}
