/**
 * Conditions of role assignments (attribute-based access control). Source: "Azure role assignment condition format and
 * syntax", "Authorization actions and attributes", "Key Vault: conditions on secrets (preview)".
 */

export type Quantifier = (typeof quantifiers)[number];

/** How many of the values on the left must match how many on the right. */
export const quantifiers = [
  'ForAnyOfAnyValues',
  'ForAllOfAnyValues',
  'ForAnyOfAllValues',
  'ForAllOfAllValues',
] as const;

export type Operand =
  | { readonly kind: 'attribute'; readonly source: 'request' | 'resource'; readonly name: string }
  | { readonly kind: 'values'; readonly values: readonly string[] };

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly all: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'actionMatches'; readonly pattern: string }
  | { readonly kind: 'subOperationMatches'; readonly pattern: string }
  | { readonly kind: 'exists'; readonly attribute: Operand & { readonly kind: 'attribute' } }
  | {
      readonly kind: 'compare';
      readonly left: Operand;
      /** Undefined: one value is compared with one. */
      readonly quantifier: Quantifier | undefined;
      readonly operator: string;
      readonly right: Operand;
    };

/** Attributes of what is asked for and of what is there, by name in lower case. */
export interface Attributes {
  readonly request?: Readonly<Record<string, string>>;
  readonly resource?: Readonly<Record<string, string>>;
}

/** Not of the language. */
export class InvalidCondition extends Error {
  override readonly name = 'InvalidCondition';
}

/** Of the language, but the sandbox cannot decide about it. */
export class NotImitatedCondition extends Error {
  override readonly name = 'NotImitatedCondition';
}
