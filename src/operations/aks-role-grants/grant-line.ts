import { SAFE_PATH } from '../../azure/resource-id.ts';
import { listOf } from '../../runtime/text.ts';

/** One grant of the input `grants`: `Role name or id @ scope`, with what the lines below it add. */
export interface GrantLine {
  readonly role: string;
  /** With placeholders still in it. */
  readonly scope: string;
  /** Of the line `condition: ...` below the grant; version 2.0 of Azure's condition language. */
  readonly condition?: string;
  /** Of the line `description: ...` below the grant. */
  readonly description?: string;
}

/** A line that adds to the grant above it. */
export interface GrantDetail {
  readonly field: 'condition' | 'description';
  readonly text: string;
}

export const placeholders = [
  'nodeResourceGroup',
  'clusterResourceGroup',
  'identity',
  'cluster',
  'subscription',
] as const;

export type Placeholder = (typeof placeholders)[number];

/** `condition: ...` or `description: ...`; undefined where the line is no such line. */
export function parseGrantDetail(line: string): GrantDetail | undefined {
  const [, field = '', text = ''] = /^(condition|description)\s*:\s*(.*)$/i.exec(line) ?? [];
  if (field === '') return undefined;
  return { field: field.toLowerCase() === 'condition' ? 'condition' : 'description', text: text.trim() };
}

/** The line taken apart, or what is allowed where it is none. */
export function parseGrantLine(line: string): GrantLine | string {
  // No role, scope or placeholder holds a blank and a number sign one after the other.
  const text = line.replace(/\s#.*$/, '');
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
  if (!isPlace(scope))
    return 'a scope of which no part is empty, . or .. or holds ? # % < > \\ { } or a control character';
  return { role, scope };
}

/** A placeholder stands for a whole id, and so at the beginning; the scope becomes the address of the grant. */
function isPlace(scope: string): boolean {
  const path = scope.replace(/^\{[^{}]*\}/, '/id');
  return path === '/' || (SAFE_PATH.test(path) && !/[{}]/.test(path));
}

/** The scope with every placeholder filled in, without a trailing slash. */
export function fillScope(scope: string, values: Readonly<Record<Placeholder, string | (() => string)>>): string {
  const filled = scope.replaceAll(/\{([^}]*)\}/g, (whole, name: string) => {
    const value = isPlaceholder(name) ? values[name] : whole;
    return typeof value === 'string' ? value : value();
  });
  return filled.replace(/\/+$/, '');
}

function isPlaceholder(name: string): name is Placeholder {
  return (placeholders as readonly string[]).includes(name);
}
