/** Finds the routes whose pattern a path has. */
import type { Route } from './route.ts';

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

const expressions = new Map<string, RegExp>();

/** In the order of `routes`; letter case of the path does not matter. */
export function matchRoutes(routes: readonly Route[], path: string): readonly Match[] {
  return routes.flatMap((route) => {
    const found = expressionOf(route.pattern).exec(path);
    return found ? [{ route, params: { ...found.groups } }] : [];
  });
}

function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known) return known;
  const source = pattern
    .replaceAll('.', String.raw`\.`)
    .replace('{scope}', '(?<scope>.*?)')
    .replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const made = new RegExp(`^${source}$`, 'i');
  expressions.set(pattern, made);
  return made;
}
