/** Makes everything that a new task needs, so that the checks pass at once. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { readJson } from '../build/project.ts';
import { renderIcon } from '../images/render-icon.ts';
import type { ExtensionManifest } from '../lint-extension/manifest.ts';
import type { TaskJson } from '../lint-extension/task-json.ts';
import * as templates from './templates.ts';

/** The task whose common inputs a new one takes over. */
const model = 'tasks/AksRoleGrants/AksRoleGrantsV1/task.json';

/**
 * @returns the files that were written, relative to the repository
 * @throws Error where the name is no task name or taken
 */
export async function createTask(root: string, task: templates.NewTask): Promise<string[]> {
  const { name, friendlyName } = task;
  if (!/^([A-Z][a-z0-9]+){2,}$/.test(name))
    throw new Error(`${name} is no name for a task: use words like KeyVaultReport`);
  if (friendlyName === '' || friendlyName.length > 40)
    throw new Error('The friendly name must have 1 to 40 characters');
  if (existsSync(path.join(root, 'tasks', name))) throw new Error(`The task ${name} exists already`);
  const description = templates.taskJson(task, readJson(path.join(root, model)) as TaskJson) as TaskJson;
  const svg = templates.icon(task);
  const folder = `tasks/${name}/${name}V1`;
  const operation = `src/operations/${templates.kebabCase(name)}`;
  const files: Readonly<Record<string, string | Uint8Array>> = {
    [`${folder}/task.json`]: JSON.stringify(description),
    [`${folder}/index.ts`]: templates.entry(task),
    [`${folder}/icon.png`]: await renderIcon(svg),
    [`tasks/${name}/README.md`]: templates.document(task, description),
    [`${operation}/inputs.ts`]: templates.inputsModule(task),
    [`${operation}/intent.ts`]: templates.intentModule(task),
    [`${operation}/operation.ts`]: templates.operationModule(task),
    [`images/tasks/${name}.svg`]: svg,
    'tests/contract/tasks.json': await extendedRecord(root, name, description),
    'vss-extension.json': extendedManifest(root, name),
  };
  for (const [file, content] of Object.entries(files)) await write(root, file, content);
  return Object.keys(files);
}

async function extendedRecord(root: string, name: string, { id, inputs, outputVariables }: TaskJson): Promise<string> {
  const record = JSON.parse(await readFile(path.join(root, 'tests/contract/tasks.json'), 'utf8')) as object;
  const types = Object.fromEntries(inputs.map((input) => [input.name, input.type]));
  const recorded = { id, inputs: types, outputs: outputVariables.map((output) => output.name), removed: [] };
  return JSON.stringify({ ...record, [`${name}@1`]: recorded });
}

function extendedManifest(root: string, name: string): string {
  const manifest = readJson(path.join(root, 'vss-extension.json')) as ExtensionManifest;
  const [first] = manifest.contributions;
  const contribution = { ...first, id: templates.kebabCase(name), properties: { name: `tasks/${name}` } };
  const files = [...manifest.files, { path: `tasks/${name}` }];
  return JSON.stringify({ ...manifest, files, contributions: [...manifest.contributions, contribution] });
}

async function write(root: string, file: string, content: string | Uint8Array): Promise<void> {
  const full = path.join(root, file);
  await mkdir(path.dirname(full), { recursive: true });
  const formatted = typeof content === 'string' && /\.(json|ts)$/.test(file) ? await pretty(full, content) : content;
  await writeFile(full, formatted);
}

async function pretty(file: string, content: string): Promise<string> {
  return format(content, { ...(await resolveConfig(file)), filepath: file });
}
