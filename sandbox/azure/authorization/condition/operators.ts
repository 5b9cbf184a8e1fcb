/** Comparisons of one value with one value. */
type Comparison = (left: string, right: string) => boolean;

const low = (compare: Comparison): Comparison => {
  return (left, right) => compare(left.toLowerCase(), right.toLowerCase());
};
const not = (compare: Comparison): Comparison => {
  return (left, right) => !compare(left, right);
};
const equals: Comparison = (left, right) => left === right;
const startsWith: Comparison = (left, right) => left.startsWith(right);
const like: Comparison = (left, right) => likeness(right).test(left);

const text: Readonly<Record<string, Comparison>> = { Equals: equals, StartsWith: startsWith, Like: like };

/** By name; letter case matters. */
export const operators: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ...Object.entries(text).flatMap(([name, compare]): [string, Comparison][] => [
    [`String${name}`, compare],
    [`String${name}IgnoreCase`, low(compare)],
    [`StringNot${name}`, not(compare)],
    [`StringNot${name}IgnoreCase`, not(low(compare))],
  ]),
  ['GuidEquals', low(equals)],
  ['GuidNotEquals', not(low(equals))],
  ...ordered('Numeric', Number),
  ...ordered('DateTime', Date.parse),
  ['BoolEquals', low(equals)],
  ['BoolNotEquals', not(low(equals))],
]);

function ordered(kind: string, size: (value: string) => number): readonly (readonly [string, Comparison])[] {
  return [
    [`${kind}Equals`, (left, right) => size(left) === size(right)],
    [`${kind}NotEquals`, (left, right) => size(left) !== size(right)],
    [`${kind}LessThan`, (left, right) => size(left) < size(right)],
    [`${kind}LessThanEquals`, (left, right) => size(left) <= size(right)],
    [`${kind}GreaterThan`, (left, right) => size(left) > size(right)],
    [`${kind}GreaterThanEquals`, (left, right) => size(left) >= size(right)],
  ];
}

/** `*` any text, `?` any character; a backslash takes their meaning away. */
function likeness(pattern: string): RegExp {
  const source = pattern
    .split(/(\\[*?]|[*?])/)
    .map(
      (part) =>
        ({ '*': '.*', '?': '.' })[part] ??
        part.replace(/^\\(?=[*?])/, '').replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
    )
    .join('');
  return new RegExp(`^${source}$`, 's');
}
