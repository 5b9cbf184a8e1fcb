import type { LabelSelector } from './shapes.ts';

/** A selector as the API takes it in a query. */
export function selectorText(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector = {},
  more: Readonly<Record<string, string>> = {},
): string {
  const equals = Object.entries({ ...matchLabels, ...more }).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    switch (operator) {
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
      case 'NotIn':
        return `${key} notin (${values.join(',')})`;
      default:
        return `${key} in (${values.join(',')})`;
    }
  });
  return [...equals, ...expressions].join(',');
}
