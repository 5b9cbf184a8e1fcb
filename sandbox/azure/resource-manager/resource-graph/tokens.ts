/** The words of a query in Kusto's language. */
import { graphErrors, type GraphRefusal } from './refusal.ts';

export interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'sign' | 'end';
  /** As written; of a text what it stands for. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
}

const pattern =
  /(?<space>\s+|\/\/[^\n]*)|(?<text>@?'[^']*'|@?"[^"]*")|(?<number>\d+(?:\.\d+)?)|(?<name>!?[A-Za-z_]\w*~?)|(?<sign>==|=~|!=|!~|<=|>=|[|,()[\].=<>*-])/y;

/** Ends with a token of kind `end`. @throws GraphRefusal 400 */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(query);
    if (!found) throw unexpected({ kind: 'sign', text: query.charAt(at), ...placeOf(query, at) });
    const [kind, text] = kindOf(found.groups ?? {});
    if (kind !== undefined) tokens.push({ kind, text, ...placeOf(query, at) });
    at = pattern.lastIndex;
  }
  return [...tokens, { kind: 'end', text: '<EOF>', ...placeOf(query, at) }];
}

export function unexpected({ text, line, column }: Token, expected?: string): GraphRefusal {
  return graphErrors.syntax({
    line,
    characterPositionInLine: column,
    token: text,
    ...(expected === undefined ? {} : { expectedToken: expected }),
  });
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): readonly [Token['kind'] | undefined, string] {
  const { text, number, name, sign } = groups;
  if (text !== undefined) return ['text', text.replace(/^@/, '').slice(1, -1)];
  if (number !== undefined) return ['number', number];
  if (name !== undefined) return ['name', name];
  return sign === undefined ? [undefined, ''] : ['sign', sign];
}

function placeOf(query: string, at: number): Pick<Token, 'line' | 'column'> {
  const before = query.slice(0, at).split('\n');
  return { line: before.length, column: before.at(-1)?.length ?? 0 };
}
