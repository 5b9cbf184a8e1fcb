import { listOf } from '../../runtime/text.ts';

/** One line of the input `grants`: `Role name or id @ scope`. */
export interface GrantLine {
  readonly role: string;
  /** With placeholders still in it. */
  readonly scope: string;
}

export const placeholders = [
  'nodeResourceGroup',
  'clusterResourceGroup',
  'identity',
  'cluster',
  'subscription',
] as const;

export type Placeholder = (typeof placeholders)[number];

/** The line taken apart, or what is allowed where it is none. */
export function parseGrantLine(text: string): GrantLine | string {
  const at = text.lastIndexOf('@');
  const [role, scope] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 0 || role === '' || scope === '') return 'Role name or id @ scope';
  const unknown = [...scope.matchAll(/\{([^}]*)\}/g)]
    .map(([, name]) => name ?? '')
    .filter((name) => !isPlaceholder(name));
  const names = listOf(
    placeholders.map((name) => `{${name}}`),
    'or',
  );
  if (unknown.length > 0) return `the placeholders ${names}`;
  if (!scope.startsWith('/') && !scope.startsWith('{')) return `a scope that starts with / or is one of ${names}`;
  return { role, scope };
}

/** The scope with every placeholder filled in, without a trailing slash. */
export function fillScope(scope: string, values: Readonly<Record<Placeholder, string>>): string {
  const filled = scope.replaceAll(/\{([^}]*)\}/g, (whole, name: string) =>
    isPlaceholder(name) ? values[name] : whole,
  );
  return filled.replace(/\/+$/, '');
}

function isPlaceholder(name: string): name is Placeholder {
  return (placeholders as readonly string[]).includes(name);
}
