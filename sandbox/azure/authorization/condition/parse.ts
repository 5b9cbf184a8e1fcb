/** A condition from its text. */
import {
  InvalidCondition,
  NotImitatedCondition,
  quantifiers,
  type Condition,
  type Operand,
  type Quantifier,
} from './condition.ts';
import { operators } from './operators.ts';
import { tokensOf, type Token } from './tokens.ts';

/** @throws InvalidCondition, NotImitatedCondition */
export function parseCondition(text: string): Condition {
  const reader = new Reader(tokensOf(text));
  const condition = readExpression(reader);
  if (reader.peek() !== undefined) throw unexpected(reader.peek());
  return condition;
}

class Reader {
  private at = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  peek(): Token | undefined {
    return this.tokens[this.at];
  }

  next(): Token {
    const token = this.peek();
    if (!token) throw unexpected(token);
    this.at += 1;
    return token;
  }

  /** Words in any letter case. */
  accept(...wanted: readonly string[]): boolean {
    const token = this.peek();
    const found = token?.kind !== 'text' && wanted.includes(token?.text.toUpperCase() ?? '');
    if (found) this.at += 1;
    return found;
  }

  expect(sign: string): void {
    const token = this.next();
    if (token.kind !== 'sign' || token.text !== sign) throw unexpected(token);
  }
}

/** The two connectives must not be mixed without parentheses. */
function readExpression(reader: Reader): Condition {
  const first = readTerm(reader);
  for (const [kind, words] of [
    ['and', ['AND', '&&']],
    ['or', ['OR', '||']],
  ] as const) {
    const all = [first];
    while (reader.accept(...words)) all.push(readTerm(reader));
    if (all.length > 1) return { kind, all };
  }
  return first;
}

function readTerm(reader: Reader): Condition {
  if (reader.accept('!', 'NOT')) return { kind: 'not', condition: readTerm(reader) };
  if (reader.accept('(')) {
    const condition = readExpression(reader);
    reader.expect(')');
    return condition;
  }
  if (reader.accept('ACTIONMATCHES')) return { kind: 'actionMatches', pattern: readOne(reader) };
  if (reader.accept('SUBOPERATIONMATCHES')) return { kind: 'subOperationMatches', pattern: readOne(reader) };
  if (reader.accept('EXISTS')) {
    const attribute = readOperand(reader);
    if (attribute.kind !== 'attribute') throw new InvalidCondition('Exists needs an attribute.');
    return { kind: 'exists', attribute };
  }
  return readComparison(reader);
}

function readComparison(reader: Reader): Condition {
  const left = readOperand(reader);
  const parts = reader.next().text.split(':');
  const operator = parts.at(-1) ?? '';
  const quantifier = parts.length > 1 ? readQuantifier(parts[0]) : undefined;
  if (!operators.has(operator)) throw new InvalidCondition(`There is no operator '${operator}'.`);
  const right = readOperand(reader);
  const isSet = right.kind === 'values' && right.values.length > 1;
  if (isSet && quantifier === undefined) throw new InvalidCondition(`${operator} compares with one value.`);
  return { kind: 'compare', left, quantifier, operator, right };
}

function readQuantifier(word: string | undefined): Quantifier {
  const found = quantifiers.find((quantifier) => quantifier === word);
  if (found === undefined) throw new InvalidCondition(`There is no function '${String(word)}'.`);
  return found;
}

function readOperand(reader: Reader): Operand {
  const token = reader.next();
  if (token.kind === 'attribute') return readAttribute(token);
  if (token.kind === 'text' || token.kind === 'word') return { kind: 'values', values: [token.text] };
  if (token.text !== '{') throw unexpected(token);
  const values = [readValue(reader)];
  while (reader.accept(',')) values.push(readValue(reader));
  reader.expect('}');
  return { kind: 'values', values };
}

function readAttribute({ text }: Token): Operand {
  const [, source = '', name = ''] = /^(\w+)\[\s*(.*?)\s*\]$/.exec(text) ?? [];
  const known = source.toLowerCase();
  if (known === 'principal' || known === 'environment') throw new NotImitatedCondition(`@${source} attributes`);
  if (known !== 'request' && known !== 'resource') throw new InvalidCondition(`There is no @${source}.`);
  // Storage and others have attributes, too: nothing here ever asks about them, so they are never there.
  if (!/^\w+(?:\.\w+)+\/[\w/]+:./.test(name)) throw new InvalidCondition(`There is no attribute '${name}'.`);
  return { kind: 'attribute', source: known, name: name.toLowerCase() };
}

/** `{'value'}` with exactly one. */
function readOne(reader: Reader): string {
  reader.expect('{');
  const value = readValue(reader);
  reader.expect('}');
  return value;
}

function readValue(reader: Reader): string {
  const token = reader.next();
  if (token.kind !== 'text' && token.kind !== 'word') throw unexpected(token);
  return token.text;
}

function unexpected(token: Token | undefined): InvalidCondition {
  return new InvalidCondition(token === undefined ? 'The condition ends too early.' : `Unexpected '${token.text}'.`);
}
