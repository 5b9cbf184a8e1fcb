/** A query from its text. Known: where, project, extend, order by, sort by, limit, take, count. */
import { readCondition, readValue } from './parse-condition.ts';
import { NotImitatedQuery, type NamedValue, type Operator, type Query, type Value } from './query.ts';
import { readTokens, type TokenReader } from './token-reader.ts';
import { unexpected } from './tokens.ts';

/** Without a table, resources are meant. @throws GraphRefusal 400; NotImitatedQuery */
export function parseQuery(text: string): Query {
  const reader = readTokens(text);
  const operators: Operator[] = [];
  let table = 'resources';
  if (isOperator(reader)) operators.push(readOperator(reader));
  else table = reader.name().toLowerCase();
  while (reader.accept('|')) operators.push(readOperator(reader));
  const rest = reader.peek();
  if (rest.kind !== 'end') throw unexpected(rest, '|');
  return { table, operators };
}

const readers: Readonly<Record<string, (reader: TokenReader) => Operator>> = {
  where: (reader) => ({ kind: 'where', condition: readCondition(reader) }),
  project: (reader) => ({ kind: 'project', columns: listOf(reader, readColumn) }),
  extend: (reader) => ({ kind: 'extend', columns: listOf(reader, readColumn) }),
  order: readOrder,
  sort: readOrder,
  limit: readLimit,
  take: readLimit,
  count: () => ({ kind: 'count' }),
};

function isOperator(reader: TokenReader): boolean {
  return reader.peek().kind === 'name' && reader.peek(1).kind !== 'end' && reader.peek(1).text !== '|';
}

function readOperator(reader: TokenReader): Operator {
  let word = reader.name().toLowerCase();
  while (reader.accept('-')) word += `-${reader.name().toLowerCase()}`;
  const read = readers[word];
  if (!read) throw new NotImitatedQuery(`Resource Graph's operator '${word}'`);
  return read(reader);
}

function listOf<Item>(reader: TokenReader, read: (reader: TokenReader) => Item): readonly Item[] {
  const items = [read(reader)];
  while (reader.accept(',')) items.push(read(reader));
  return items;
}

function readColumn(reader: TokenReader): NamedValue {
  if (reader.peek(1).text !== '=') {
    const value = readValue(reader);
    return { name: nameOf(value), value };
  }
  const name = reader.name();
  reader.expect('=');
  return { name, value: readValue(reader) };
}

/** What is within a column is named by its whole path: `properties_powerState_code`. */
function nameOf(value: Value): string {
  if (value.kind === 'path') return value.path.join('_');
  return value.kind === 'call' ? nameOf(value.of) : 'Column1';
}

/** Descending where nothing is said. */
function readOrder(reader: TokenReader): Operator {
  reader.expect('by');
  const by = listOf(reader, () => {
    const value = readValue(reader);
    if (reader.accept('asc')) return { value, ascending: true };
    reader.accept('desc');
    return { value, ascending: false };
  });
  return { kind: 'order', by };
}

function readLimit(reader: TokenReader): Operator {
  const token = reader.next();
  if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw unexpected(token);
  return { kind: 'limit', count: Number(token.text) };
}
