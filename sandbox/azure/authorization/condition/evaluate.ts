/** Whether a condition holds for an action. */
import { matchesAction } from '../action-pattern.ts';
import type { Attributes, Condition, Operand, Quantifier } from './condition.ts';
import { operators } from './operators.ts';
import { parseCondition } from './parse.ts';

const parsed = new Map<string, Condition>();

/** @throws InvalidCondition, NotImitatedCondition */
export function conditionHolds(text: string, action: string, attributes: Attributes): boolean {
  const condition = parsed.get(text) ?? parseCondition(text);
  parsed.set(text, condition);
  return holds(condition, { action, attributes });
}

interface Asked {
  readonly action: string;
  readonly attributes: Attributes;
}

function holds(condition: Condition, asked: Asked): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.all.every((one) => holds(one, asked));
    case 'or':
      return condition.all.some((one) => holds(one, asked));
    case 'not':
      return !holds(condition.condition, asked);
    case 'actionMatches':
      return matchesAction(condition.pattern, asked.action);
    case 'subOperationMatches':
      // What the sandbox's Azure does has none.
      return false;
    case 'exists':
      return valuesOf(condition.attribute, asked).length > 0;
    case 'compare':
      return compares(condition, asked);
  }
}

type Comparing = Condition & { readonly kind: 'compare' };

/** What is not there is never equal, unequal or like anything: it fulfils no comparison. */
function compares({ left, quantifier = 'ForAnyOfAnyValues', operator, right }: Comparing, asked: Asked): boolean {
  const compare = operators.get(operator);
  const [lefts, rights] = [valuesOf(left, asked), valuesOf(right, asked)];
  if (!compare || lefts.length === 0 || rights.length === 0) return false;
  const { some, all } = ends[quantifier];
  return some(lefts, (one) => all(rights, (other) => compare(one, other)));
}

type Check = (values: readonly string[], test: (value: string) => boolean) => boolean;
const any: Check = (values, test) => values.some(test);
const every: Check = (values, test) => values.every(test);

/** `some` of the left, `all` of the right. */
const ends: Readonly<Record<Quantifier, { readonly some: Check; readonly all: Check }>> = {
  ForAnyOfAnyValues: { some: any, all: any },
  ForAllOfAnyValues: { some: every, all: any },
  ForAnyOfAllValues: { some: any, all: every },
  ForAllOfAllValues: { some: every, all: every },
};

function valuesOf(operand: Operand, { attributes }: Asked): readonly string[] {
  if (operand.kind === 'values') return operand.values;
  const value = attributes[operand.source]?.[operand.name];
  return value === undefined ? [] : [value];
}
