/** What task.json offers is what the code reads, with the same defaults. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../../scripts/build/project.ts';
import { camelCase, kebabCase } from '../../scripts/new-task/templates.ts';
import { InputReader, type InputSource } from '../../src/inputs/input-reader.ts';
import { describedTasks, type DescribedTask } from './project.ts';

interface Reading {
  readonly names: readonly string[];
  readonly result: unknown;
}

type Values = Readonly<Record<string, string>>;

describe('the code of a task', () => {
  for (const task of describedTasks()) {
    const file = path.join(repositoryRoot, 'src/operations', kebabCase(task.name), 'operation.ts');
    if (!existsSync(path.join(repositoryRoot, task.folder, 'index.ts'))) continue;

    it(`reads exactly the inputs that ${task.reference} offers`, async () => {
      const names = new Set<string>();
      for (const values of variants(task)) for (const name of (await read(file, task, values)).names) names.add(name);
      assert.deepEqual([...names].sort(), task.description.inputs.map(({ name }) => name).sort());
    });

    it(`has the defaults that ${task.reference} shows`, async () => {
      const without = await read(file, task, {});
      const withDefaults = await read(file, task, defaultsOf(task));
      assert.deepEqual(without.result, withDefaults.result);
    });
  }
});

/** No value at all, and each choice of each closed list: some inputs are read only with some choices. */
function variants({ description }: DescribedTask): Values[] {
  const choices = description.inputs.flatMap(({ name, type, options }) => {
    const values = type === 'boolean' ? ['true', 'false'] : Object.keys(options ?? {});
    return values.map((value) => ({ [name]: value }));
  });
  return [{}, ...choices];
}

function defaultsOf({ description }: DescribedTask): Values {
  const given = description.inputs.filter(({ defaultValue }) => defaultValue !== undefined);
  return Object.fromEntries(given.map(({ name, defaultValue }) => [name, String(defaultValue)]));
}

/** Inputs that a task cannot do without get a value that every rule for names allows. */
async function read(file: string, task: DescribedTask, values: Values): Promise<Reading> {
  const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  const operation = module[camelCase(task.name)] as { readInputs(reader: InputReader<string>): unknown };
  const needed = task.description.inputs.filter(({ required, defaultValue }) => required && defaultValue === undefined);
  const all: Values = { ...Object.fromEntries(needed.map(({ name }) => [name, 'abc'])), ...values };
  const names: string[] = [];
  const source: InputSource = (name) => {
    names.push(name);
    return all[name];
  };
  return { names, result: operation.readInputs(new InputReader<string>(source)) };
}
