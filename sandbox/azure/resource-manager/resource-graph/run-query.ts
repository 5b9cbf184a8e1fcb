/** A query's rows. */
import { holds, order, textOf, valueOf } from './evaluate-condition.ts';
import type { Cell, NamedValue, Operator, Query, Row, Value } from './query.ts';

export interface QueryResult {
  readonly rows: readonly Row[];
  /** Names in their order, also where there are no rows. */
  readonly columns: readonly string[];
}

/** @throws GraphRefusal 400 for a column that does not exist, also where no row is left to look it up in */
export function runQuery(query: Query, table: readonly Row[], columns: readonly string[]): QueryResult {
  let result: QueryResult = { rows: table, columns };
  for (const operator of query.operators) {
    // A row without values finds names that lead nowhere.
    const empty: Row = Object.fromEntries(result.columns.map((name) => [name, null]));
    apply(operator, { ...result, rows: [empty] });
    result = apply(operator, result);
  }
  return result;
}

function apply(operator: Operator, { rows, columns }: QueryResult): QueryResult {
  switch (operator.kind) {
    case 'where':
      return { columns, rows: rows.filter((row) => holds(operator.condition, row)) };
    case 'project':
      return {
        columns: operator.columns.map(({ name }) => name),
        rows: rows.map((row) => computed(operator.columns, row)),
      };
    case 'extend': {
      const added = operator.columns.map(({ name }) => name).filter((name) => !columns.includes(name));
      return {
        columns: [...columns, ...added],
        rows: rows.map((row) => ({ ...row, ...computed(operator.columns, row) })),
      };
    }
    case 'order':
      return { columns, rows: sorted(rows, operator.by) };
    case 'limit':
      return { columns, rows: rows.slice(0, operator.count) };
    case 'count':
      return { columns: ['Count'], rows: [{ Count: rows.length }] };
  }
}

function computed(columns: readonly NamedValue[], row: Row): Row {
  return Object.fromEntries(columns.map(({ name, value }) => [name, valueOf(value, row)]));
}

function sorted(rows: readonly Row[], by: readonly { value: Value; ascending: boolean }[]): readonly Row[] {
  const keyed = rows.map((row) => ({ row, keys: by.map(({ value }): Cell => valueOf(value, row)) }));
  const compared = keyed.toSorted((one, other) => {
    for (const [index, { ascending }] of by.entries()) {
      const result = order(one.keys[index] ?? null, other.keys[index] ?? null);
      if (result !== 0) return ascending ? result : -result;
    }
    return 0;
  });
  return compared.map(({ row }) => row);
}

/** Kusto's type of a column, by what stands in it. */
export function columnType(name: string, rows: readonly Row[]): string {
  const cell = rows.map((row) => row[name] ?? null).find((found) => found !== null && textOf(found) !== '');
  if (typeof cell === 'number') return 'integer';
  if (typeof cell === 'boolean') return 'boolean';
  return typeof cell === 'object' ? 'object' : 'string';
}
