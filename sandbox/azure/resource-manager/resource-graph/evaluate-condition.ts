/** What conditions and values come to for a row. */
import { graphErrors } from './refusal.ts';
import type { Cell, Comparator, Condition, Row, Value } from './query.ts';

/** @throws GraphRefusal 400 for a column that the row does not have */
export function holds(condition: Condition, row: Row): boolean {
  switch (condition.kind) {
    // All are asked, so that a name that leads nowhere is found behind a condition that decides.
    case 'and':
      return condition.all.map((one) => holds(one, row)).every(Boolean);
    case 'or':
      return condition.all.map((one) => holds(one, row)).some(Boolean);
    case 'not':
      return !holds(condition.condition, row);
    case 'true':
      return valueOf(condition.of, row) === true;
    case 'empty':
      return textOf(valueOf(condition.of, row)) === '' ? !condition.negated : condition.negated;
    case 'in': {
      const comparator = condition.anyCase ? '=~' : '==';
      const of = valueOf(condition.of, row);
      const found = condition.values.some((value) => compare(comparator, of, valueOf(value, row)));
      return found !== condition.negated;
    }
    case 'compare':
      return compare(condition.comparator, valueOf(condition.left, row), valueOf(condition.right, row));
  }
}

/** Null for what a dynamic value does not have. @throws GraphRefusal 400 for a column that the row does not have */
export function valueOf(value: Value, row: Row): Cell {
  switch (value.kind) {
    case 'constant':
      return value.value;
    case 'path':
      return within(value.path, row);
    case 'call': {
      const text = textOf(valueOf(value.of, row));
      return { tolower: text.toLowerCase(), toupper: text.toUpperCase(), tostring: text }[value.function];
    }
  }
}

function within([column = '', ...keys]: readonly string[], row: Row): Cell {
  const cell = row[column];
  if (cell === undefined) throw graphErrors.unknownColumn(column);
  let found: unknown = cell;
  for (const key of keys) {
    const isContainer = typeof found === 'object' && found !== null && Object.hasOwn(found, key);
    found = isContainer ? (found as Readonly<Record<string, unknown>>)[key] : null;
  }
  return found as Cell;
}

/** What is missing differs from everything; texts are compared letter for letter unless the comparator says otherwise. */
function compare(comparator: Comparator, left: Cell, right: Cell): boolean {
  const [one, other] = [textOf(left), textOf(right)];
  const [low, otherLow] = [one.toLowerCase(), other.toLowerCase()];
  const results: Readonly<Record<Comparator, () => boolean>> = {
    '==': () => one === other,
    '!=': () => one !== other,
    '=~': () => low === otherLow,
    '!~': () => low !== otherLow,
    '<': () => order(left, right) < 0,
    '<=': () => order(left, right) <= 0,
    '>': () => order(left, right) > 0,
    '>=': () => order(left, right) >= 0,
    contains: () => low.includes(otherLow),
    '!contains': () => !low.includes(otherLow),
    contains_cs: () => one.includes(other),
    startswith: () => low.startsWith(otherLow),
    '!startswith': () => !low.startsWith(otherLow),
    endswith: () => low.endsWith(otherLow),
    '!endswith': () => !low.endsWith(otherLow),
  };
  return results[comparator]();
}

/** Dynamic values are compared as their text: `properties.enabled == 'true'` is what people write. */
export function textOf(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}

/** What is missing comes first; numbers by size, all else by the characters' codes. */
export function order(left: Cell, right: Cell): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [one, other] = [textOf(left), textOf(right)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
