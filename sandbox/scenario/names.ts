/** Names that lead nowhere or stand twice, as problems with their place in the file. */
import type { Problem } from '../kit/checked-yaml.ts';

export function unknown(
  path: Problem['path'],
  what: string,
  value: string,
  known: readonly string[],
): readonly Problem[] {
  if (known.includes(value)) return [];
  return [
    { path, message: `there is no ${what} "${value}" (known: ${known.length === 0 ? 'none' : known.join(', ')})` },
  ];
}

export function duplicates(at: Problem['path'], named: readonly { readonly name: string }[]): readonly Problem[] {
  return repeated(named.map(({ name }, index) => ({ name, path: [...at, index, 'name'] })));
}

/** Azure's names differ by more than letter case. */
export function repeated(
  places: readonly { readonly name: string; readonly path: Problem['path'] }[],
): readonly Problem[] {
  const seen = new Set<string>();
  return places.flatMap(({ name, path }) => {
    const key = name.toLowerCase();
    if (seen.has(key)) return [{ path, message: `"${name}" is there twice` }];
    seen.add(key);
    return [];
  });
}

export function names(things: readonly { readonly name: string }[]): readonly string[] {
  return things.map(({ name }) => name);
}
