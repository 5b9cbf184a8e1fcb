/** Reads tokens one after the other. */
import { tokensOf, unexpected, type Token } from './tokens.ts';

export interface TokenReader {
  /** What comes next, without taking it. */
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the next token if it is this sign or name (in any letter case). */
  accept(text: string): boolean;
  /** @throws GraphRefusal 400 */
  expect(text: string): void;
  /** @throws GraphRefusal 400 */
  name(): string;
}

/** @throws GraphRefusal 400 */
export function readTokens(query: string): TokenReader {
  const tokens = tokensOf(query);
  const end: Token = tokens.at(-1) ?? { kind: 'end', text: '<EOF>', line: 1, column: 0 };
  let at = 0;
  const peek = (ahead = 0): Token => tokens[at + ahead] ?? end;
  const next = (): Token => {
    const token = peek();
    at += 1;
    return token;
  };
  const is = ({ kind, text }: Token, wanted: string): boolean =>
    (kind === 'sign' || kind === 'name') && text.toLowerCase() === wanted;
  return {
    peek,
    next,
    accept: (text) => {
      const found = is(peek(), text);
      if (found) next();
      return found;
    },
    expect: (text) => {
      const token = next();
      if (!is(token, text)) throw unexpected(token, text);
    },
    name: () => {
      const token = next();
      if (token.kind !== 'name') throw unexpected(token);
      return token.text;
    },
  };
}
