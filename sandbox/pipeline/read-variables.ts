/** `variables:` in both forms of the file. */
import { isSeq, type Node } from 'yaml';
import type { AgentVariable } from '../agent/index.ts';
import type { Entries, YamlReader } from './yaml-reader.ts';

/** @returns those of the outer level and the ones read here, which win. */
export function readVariables(
  reader: YamlReader,
  entries: Entries,
  outer: readonly AgentVariable[],
): readonly AgentVariable[] {
  const node = entries.get('variables')?.value;
  if (node === undefined) return outer;
  const own = isSeq(node) ? readList(reader, node.items as Node[]) : readMap(reader, node);
  const names = new Set(own.map(({ name }) => name.toLowerCase()));
  return [...outer.filter(({ name }) => !names.has(name.toLowerCase())), ...own];
}

function readMap(reader: YamlReader, node: Node): readonly AgentVariable[] {
  return Object.entries(reader.texts(node, 'variables')).map(([name, value]) => ({ name, value }));
}

function readList(reader: YamlReader, items: readonly Node[]): readonly AgentVariable[] {
  return items.flatMap((item) => {
    const keys = reader.map(item, 'A variable');
    if (keys.has('group') || keys.has('template')) {
      reader.problem(item, 'The sandbox has no variable groups and no templates; write the variables into the file.');
      return [];
    }
    const entries = reader.map(item, 'A variable', ['name', 'value', 'readonly']);
    const name = reader.optionalText(entries, 'name', '');
    if (name === '') reader.problem(item, 'A variable needs a name.');
    return [
      { name, value: reader.optionalText(entries, 'value', ''), readOnly: reader.boolean(entries, 'readonly', false) },
    ];
  });
}
