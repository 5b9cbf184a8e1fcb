/** The words of a condition. */
import { InvalidCondition } from './condition.ts';

export interface Token {
  readonly kind: 'sign' | 'word' | 'text' | 'attribute';
  /** Of an attribute: `Request[Microsoft.Authorization/roleAssignments:PrincipalId]`. */
  readonly text: string;
}

const pattern =
  /(?<space>\s+)|@(?<attribute>\w+\[[^\]]+\])|'(?<text>[^']*)'|(?<sign>&&|\|\||[!(){},])|(?<word>[\w:-]+)/y;

/** @throws InvalidCondition */
export function tokensOf(condition: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < condition.length) {
    pattern.lastIndex = at;
    const groups = pattern.exec(condition)?.groups;
    if (!groups) throw new InvalidCondition(`Unexpected '${condition.slice(at, at + 20)}'.`);
    const token = tokenOf(groups);
    if (token) tokens.push(token);
    at = pattern.lastIndex;
  }
  return tokens;
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token | undefined {
  for (const kind of ['attribute', 'text', 'sign', 'word'] as const) {
    const text = groups[kind];
    if (text !== undefined) return { kind, text };
  }
  return undefined;
}
