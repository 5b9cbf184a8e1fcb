/**
 * Strategic merge patch: like a merge patch, but lists of the built-in kinds merge by key, and directives
 * (`$patch`, `$retainKeys`, `$setElementOrder/x`, `$deleteFromPrimitiveList/x`) say more.
 * Source: k8s.io/apimachinery/pkg/util/strategicpatch.
 */
import { isRecord, type Json } from '../json.ts';
import type { SchemaNode } from '../schema-node.ts';

/** Returns the patched object; neither argument is changed. */
export function strategicMerge(current: Json, patch: Json, node: SchemaNode): Json {
  if (patch['$patch'] === 'replace') return withoutDirectives(patch);
  if (patch['$patch'] === 'delete') return {};
  const result = retained(current, patch);
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$deleteFromPrimitiveList/')) deleteValues(result, name, value);
    else if (!name.startsWith('$')) mergeField(result, { name, value }, node.child(name));
  }
  const orders = Object.entries(patch).filter(([name]) => name.startsWith('$setElementOrder/'));
  for (const [name, order] of orders) reorder(result, name, { order: Array.isArray(order) ? order : [], node });
  return result;
}

function withoutDirectives(patch: Json): Json {
  return Object.fromEntries(Object.entries(patch).filter(([name]) => !name.startsWith('$')));
}

function retained(current: Json, patch: Json): Json {
  const keep = patch['$retainKeys'];
  if (!Array.isArray(keep)) return { ...current };
  return Object.fromEntries(Object.entries(current).filter(([name]) => keep.includes(name)));
}

function mergeField(result: Json, { name, value }: { name: string; value: unknown }, node: SchemaNode): void {
  const before = result[name];
  if (value === null) Reflect.deleteProperty(result, name);
  else if (Array.isArray(value)) result[name] = mergeList(Array.isArray(before) ? before : [], value, node);
  else if (isRecord(value)) {
    if (value['$patch'] === 'delete') Reflect.deleteProperty(result, name);
    else result[name] = strategicMerge(isRecord(before) ? before : {}, value, node);
  } else result[name] = value;
}

function mergeList(current: readonly unknown[], patch: readonly unknown[], node: SchemaNode): unknown[] {
  const { list } = node;
  if (list.by === 'value')
    return inOrder([...new Set([...current, ...patch])], { current, patch, idOf: (item) => item });
  const key = list.by === 'keys' ? list.keys[0] : undefined;
  if (key === undefined) return [...patch];
  if (patch.some((item) => isRecord(item) && item['$patch'] === 'replace')) {
    return patch.filter((item) => !(isRecord(item) && item['$patch'] === 'replace'));
  }
  let result = [...current];
  for (const item of patch) result = mergeItem(result, item, { key, node: node.item() });
  return inOrder(result, { current, patch, idOf: (item) => (isRecord(item) ? item[key] : item) });
}

interface Order {
  readonly current: readonly unknown[];
  readonly patch: readonly unknown[];
  readonly idOf: (item: unknown) => unknown;
}

/**
 * What the patch names keeps the patch's order. All others are put before the first of these that they stood before; what
 * the patch adds is new to the list, and so stands before what is left.
 */
function inOrder(merged: readonly unknown[], { current, patch, idOf }: Order): unknown[] {
  const rankIn = (list: readonly unknown[], item: unknown): number =>
    list.findIndex((other) => idOf(other) === idOf(item));
  const isNamed = (item: unknown): boolean => rankIn(patch, item) >= 0;
  const named = merged.filter(isNamed).sort((left, right) => rankIn(patch, left) - rankIn(patch, right));
  const others = merged.filter((item) => !isNamed(item));
  const result: unknown[] = [];
  for (const next of named) {
    const rank = rankIn(current, next);
    for (let first = others[0]; others.length > 0 && rankIn(current, first) < rank; [first] = others) {
      result.push(others.shift());
    }
    result.push(next);
  }
  return [...result, ...others];
}

function mergeItem(
  list: readonly unknown[],
  item: unknown,
  { key, node }: { key: string; node: SchemaNode },
): unknown[] {
  if (!isRecord(item)) return [...list, item];
  const isSame = (other: unknown): boolean => isRecord(other) && other[key] === item[key];
  if (item['$patch'] === 'delete') return list.filter((other) => !isSame(other));
  const index = list.findIndex(isSame);
  if (index < 0) return [...list, strategicMerge({}, item, node)];
  return list.map((other, at) => (at === index ? strategicMerge(other as Json, item, node) : other));
}

function deleteValues(result: Json, directive: string, values: unknown): void {
  const name = directive.slice('$deleteFromPrimitiveList/'.length);
  const before = result[name];
  if (Array.isArray(before) && Array.isArray(values)) result[name] = before.filter((item) => !values.includes(item));
}

/** Items that the order names come as it says; others (added by somebody else) stay behind them in their own order. */
function reorder(
  result: Json,
  directive: string,
  { order, node }: { order: readonly unknown[]; node: SchemaNode },
): void {
  const name = directive.slice('$setElementOrder/'.length);
  const list = result[name];
  if (!Array.isArray(list)) return;
  const merge = node.child(name).list;
  const key = merge.by === 'keys' ? merge.keys[0] : undefined;
  const idOf = (item: unknown): unknown => (isRecord(item) && key !== undefined ? item[key] : item);
  const rank = new Map(order.map((item, index) => [idOf(item), index]));
  const rankOf = (item: unknown): number => rank.get(idOf(item)) ?? order.length;
  result[name] = list.map((item: unknown) => item).sort((left, right) => rankOf(left) - rankOf(right));
}
