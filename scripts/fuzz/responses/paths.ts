/** Places in a JSON text. */

export type Path = readonly (string | number)[];

/** Every place in the value, itself first. */
export function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, each]) => pathsOf(each, [...path, key]))];
}

export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const key of path) found = (found as Record<string | number, unknown>)[key];
  return found;
}

/** What becomes of one member: its entries in place of the old one, none where it is gone. */
export type Change = (key: string, value: unknown) => readonly (readonly [string, unknown])[];

/** A copy with one place changed. */
export function changedAt(root: unknown, [key, ...rest]: Path, change: Change): unknown {
  if (key === undefined) return change('', root)[0]?.[1];
  const under = (name: string, each: unknown): readonly (readonly [string, unknown])[] =>
    rest.length === 0 ? change(name, each) : [[name, changedAt(each, rest, change)]];
  if (Array.isArray(root)) {
    return root.flatMap((each: unknown, index) => (index === key ? under('', each).map(([, item]) => item) : [each]));
  }
  // Through entries: a member may be called __proto__.
  const entries = Object.entries(root as object).flatMap(([name, each]) =>
    name === key ? under(name, each) : [[name, each] as const],
  );
  return Object.fromEntries(entries);
}

/** A copy in which every text is another. */
export function withTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => withTexts(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withTexts(each, change)]));
}
