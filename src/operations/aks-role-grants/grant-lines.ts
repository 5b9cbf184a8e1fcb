import type { GrantLine } from './grant-line.ts';
import { parseGrantDetail, parseGrantLine } from './grant-line.ts';

interface NumberedLine {
  readonly text: string;
  readonly line: number;
}

/**
 * The input `grants`: one grant a line; `condition:` and `description:` lines belong to the grant above them.
 * `problem` is told of every line that is neither.
 */
export function parseGrantLines(lines: readonly NumberedLine[], problem: (text: string) => void): readonly GrantLine[] {
  const grants: GrantLine[] = [];
  for (const { text, line } of lines) {
    const wrong = takeLine(grants, text);
    if (wrong !== undefined) problem(`line ${String(line)} is "${text}"; allowed: ${wrong}`);
  }
  return grants;
}

/** Adds what the line says; gives what would be allowed where it says nothing usable. */
function takeLine(grants: GrantLine[], text: string): string | undefined {
  const detail = parseGrantDetail(text);
  if (!detail) {
    const parsed = parseGrantLine(text);
    if (typeof parsed === 'string') return parsed;
    grants.push(parsed);
    return undefined;
  }
  const above = grants.at(-1);
  if (!above) return `a ${detail.field} below the grant that it belongs to`;
  if (detail.text === '') return `a text after "${detail.field}:"`;
  if (above[detail.field] !== undefined) return `one ${detail.field} for each grant`;
  grants[grants.length - 1] = { ...above, [detail.field]: detail.text };
  return undefined;
}
