/** What a query says, in the part of Kusto's language that the sandbox imitates. */

/** A cell of a row; objects and lists are Kusto's dynamic values. */
export type Cell = string | number | boolean | null | readonly unknown[] | object;

export type Row = Readonly<Record<string, Cell>>;

export type Value =
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  /** A column, and what is within its dynamic value: `tags['owner']`, `properties.powerState.code`. */
  | { readonly kind: 'path'; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly function: 'tolower' | 'toupper' | 'tostring'; readonly of: Value };

export type Comparator = (typeof comparators)[number];

export const comparators = [
  ...(['==', '=~', '!=', '!~', '<', '<=', '>', '>='] as const),
  ...(['contains', '!contains', 'contains_cs', 'startswith', '!startswith', 'endswith', '!endswith'] as const),
] as const;

export type Condition =
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Value; readonly right: Value }
  | {
      readonly kind: 'in';
      readonly of: Value;
      readonly values: readonly Value[];
      readonly negated: boolean;
      readonly anyCase: boolean;
    }
  | { readonly kind: 'empty'; readonly of: Value; readonly negated: boolean }
  | { readonly kind: 'true'; readonly of: Value }
  | { readonly kind: 'and' | 'or'; readonly all: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition };

export interface NamedValue {
  readonly name: string;
  readonly value: Value;
}

export type Operator =
  | { readonly kind: 'where'; readonly condition: Condition }
  | { readonly kind: 'project' | 'extend'; readonly columns: readonly NamedValue[] }
  | { readonly kind: 'order'; readonly by: readonly { readonly value: Value; readonly ascending: boolean }[] }
  | { readonly kind: 'limit'; readonly count: number }
  | { readonly kind: 'count' };

export interface Query {
  /** In lower case. */
  readonly table: string;
  readonly operators: readonly Operator[];
}

/** Part of the language that the real service knows and the sandbox does not. */
export class NotImitatedQuery extends Error {
  override readonly name = 'NotImitatedQuery';
}
