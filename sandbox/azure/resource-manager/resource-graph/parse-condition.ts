/** Conditions and values of a query. */
import { comparators, NotImitatedQuery, type Condition, type Value } from './query.ts';
import type { TokenReader } from './token-reader.ts';
import { unexpected } from './tokens.ts';

/** `or` binds less than `and`. @throws GraphRefusal 400; NotImitatedQuery */
export function readCondition(reader: TokenReader): Condition {
  return joined(reader, 'or', () => joined(reader, 'and', () => readTerm(reader)));
}

function joined(reader: TokenReader, kind: 'and' | 'or', read: () => Condition): Condition {
  const first = read();
  const all = [first];
  while (reader.accept(kind)) all.push(read());
  return all.length === 1 ? first : { kind, all };
}

function readTerm(reader: TokenReader): Condition {
  if (reader.accept('(')) return closed(reader, readCondition(reader));
  const isCall = reader.peek(1).text === '(';
  const called = isCall ? reader.peek().text.toLowerCase() : '';
  if (called === 'not') {
    takeCall(reader);
    return { kind: 'not', condition: closed(reader, readCondition(reader)) };
  }
  const emptiness = /^is(not)?(?:empty|null)$/.exec(called);
  if (emptiness) {
    takeCall(reader);
    return closed(reader, { kind: 'empty', of: readValue(reader), negated: emptiness[1] !== undefined });
  }
  return readComparison(reader);
}

function takeCall(reader: TokenReader): void {
  reader.next();
  reader.expect('(');
}

function closed<Read>(reader: TokenReader, read: Read): Read {
  reader.expect(')');
  return read;
}

function readComparison(reader: TokenReader): Condition {
  const left = readValue(reader);
  const token = reader.peek();
  const word = token.text.toLowerCase();
  const comparator = comparators.find((known) => known === word);
  if (comparator !== undefined && token.kind !== 'text') {
    reader.next();
    return { kind: 'compare', comparator, left, right: readValue(reader) };
  }
  const list = token.kind === 'name' ? /^(!?)in(~?)$/.exec(word) : null;
  if (list) {
    reader.next();
    return { kind: 'in', of: left, values: readList(reader), negated: list[1] === '!', anyCase: list[2] === '~' };
  }
  if (token.kind === 'name' && !['and', 'or'].includes(word)) {
    throw new NotImitatedQuery(`Resource Graph's comparison '${token.text}'`);
  }
  return { kind: 'true', of: left };
}

function readList(reader: TokenReader): readonly Value[] {
  reader.expect('(');
  const values = [readValue(reader)];
  while (reader.accept(',')) values.push(readValue(reader));
  return closed(reader, values);
}

const functions = ['tolower', 'toupper', 'tostring'] as const;

/** @throws GraphRefusal 400; NotImitatedQuery */
export function readValue(reader: TokenReader): Value {
  const token = reader.next();
  if (token.kind === 'text') return { kind: 'constant', value: token.text };
  if (token.kind === 'number') return { kind: 'constant', value: Number(token.text) };
  if (token.kind !== 'name') throw unexpected(token);
  const word = token.text.toLowerCase();
  if (word === 'true' || word === 'false') return { kind: 'constant', value: word === 'true' };
  if (!reader.accept('(')) return { kind: 'path', path: readPath(reader, token.text) };
  const known = functions.find((name) => name === word);
  if (known === undefined) throw new NotImitatedQuery(`Resource Graph's function '${token.text}'`);
  return closed(reader, { kind: 'call', function: known, of: readValue(reader) });
}

function readPath(reader: TokenReader, column: string): readonly string[] {
  const path = [column];
  for (;;) {
    if (reader.accept('.')) path.push(reader.name());
    else if (reader.accept('[')) path.push(readKey(reader));
    else return path;
  }
}

function readKey(reader: TokenReader): string {
  const token = reader.next();
  if (token.kind !== 'text' && token.kind !== 'number') throw unexpected(token);
  reader.expect(']');
  return token.text;
}
