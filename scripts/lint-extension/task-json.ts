/** What a task.json says, as far as the checks read it, and the checks that a schema cannot express. */
import { Ajv, type ValidateFunction } from 'ajv';
import path from 'node:path';
import { readJson, repositoryRoot } from '../build/project.ts';

export interface TaskInput {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly required: boolean;
  readonly helpMarkDown: string;
  readonly defaultValue?: string | boolean;
  readonly groupName?: string;
  readonly visibleRule?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, string>>;
}

export interface TaskJson {
  readonly id: string;
  readonly name: string;
  readonly friendlyName: string;
  readonly description: string;
  readonly version: { readonly Major: number; readonly Minor: number; readonly Patch: number };
  readonly instanceNameFormat: string;
  readonly groups: readonly { readonly name: string; readonly visibleRule?: string }[];
  readonly inputs: readonly TaskInput[];
  readonly dataSourceBindings?: readonly {
    readonly target: string;
    readonly endpointId: string;
    readonly endpointUrl?: string;
  }[];
  readonly outputVariables: readonly { readonly name: string; readonly description: string }[];
  readonly restrictions: { readonly settableVariables: { readonly allowed: readonly string[] } };
  readonly execution: Readonly<Record<string, { readonly target: string }>>;
}

/** Empty when the task is well described. Problems of the schema come first, alone: the other checks rely on it. */
export function taskJsonProblems(content: unknown): string[] {
  const validate = schema();
  if (!validate(content)) {
    return (validate.errors ?? []).map(
      (error) => `${error.instancePath || '/'} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
    );
  }
  const task = content as TaskJson;
  return [
    ...duplicates(
      'input',
      task.inputs.map(({ name }) => name.toLowerCase()),
    ),
    ...duplicates(
      'output',
      task.outputVariables.map(({ name }) => name.toLowerCase()),
    ),
    ...duplicates(
      'group',
      task.groups.map(({ name }) => name),
    ),
    ...task.inputs.flatMap((input) => inputProblems(task, input)),
    ...task.groups.flatMap(({ name, visibleRule }) => ruleProblems(task, `group ${name}`, visibleRule)),
    ...(task.dataSourceBindings ?? []).flatMap((binding) => bindingProblems(task, binding)),
    ...referenceProblems(task, 'instanceNameFormat', task.instanceNameFormat),
    ...restrictionProblems(task),
  ];
}

let compiled: ValidateFunction | undefined;

function schema(): ValidateFunction {
  const file = path.join(repositoryRoot, 'scripts/lint-extension/task.schema.json');
  compiled ??= new Ajv({ allErrors: true, allowUnionTypes: true, formats: { uri: /^https:\/\// } }).compile(
    readJson(file) as object,
  );
  return compiled;
}

function inputProblems(task: TaskJson, input: TaskInput): string[] {
  const { name, type, defaultValue, groupName } = input;
  const checks: readonly (readonly [boolean, string])[] = [
    [groupName === undefined || task.groups.some((group) => group.name === groupName), `no group ${String(groupName)}`],
    [type !== 'boolean' || ['true', 'false'].includes(String(defaultValue)), 'a boolean needs a default'],
  ];
  const problems = checks.filter(([holds]) => !holds).map(([, problem]) => problem);
  return [
    ...[...problems, ...choiceProblems(task, input)].map((problem) => `input ${name}: ${problem}`),
    ...ruleProblems(task, `input ${name}`, input.visibleRule),
  ];
}

function choiceProblems(task: TaskJson, { name, type, options, properties, defaultValue }: TaskInput): string[] {
  if (!['pickList', 'radio'].includes(type)) return [];
  const isBound = (task.dataSourceBindings ?? []).some(({ target }) => target === name);
  const isEditable = properties?.['EditableOptions'] === 'True';
  if (isBound) return isEditable ? [] : ['without EditableOptions True nobody can type $(variable)'];
  if (!options) return [`a ${type} needs options or a data source`];
  if (isEditable || defaultValue === undefined) return [];
  return String(defaultValue) in options ? [] : ['its default is none of its options'];
}

/**
 * `input = value` terms joined by one kind of operator. Azure DevOps Server knows no parentheses and no mixture, and
 * refuses values that are not alphanumeric.
 */
function ruleProblems(task: TaskJson, where: string, rule: string | undefined): string[] {
  if (rule === undefined) return [];
  if (rule.includes('&&') && rule.includes('||')) return [`${where}: visibleRule mixes && and ||`];
  return rule.split(/&&|\|\|/).flatMap((term) => {
    const parts = /^\s*(?<name>[A-Za-z][A-Za-z0-9]*)\s*(?:=|==|!=)\s*(?<value>[A-Za-z0-9]+)\s*$/.exec(term)?.groups;
    if (!parts) return [`${where}: visibleRule term "${term.trim()}" is not of the form "input = value"`];
    const input = task.inputs.find(({ name }) => name === parts['name']);
    if (!input) return [`${where}: visibleRule names no input: ${String(parts['name'])}`];
    const known = !input.options || String(parts['value']) in input.options;
    return known
      ? []
      : [`${where}: visibleRule compares ${input.name} with ${String(parts['value'])}, which is none of its options`];
  });
}

function bindingProblems(task: TaskJson, binding: NonNullable<TaskJson['dataSourceBindings']>[number]): string[] {
  const target = task.inputs.find(({ name }) => name === binding.target);
  const problems = target?.type === 'pickList' ? [] : [`data source: its target ${binding.target} is no pickList`];
  const text = `${binding.endpointId} ${binding.endpointUrl ?? ''}`;
  return [...problems, ...referenceProblems(task, `data source of ${binding.target}`, text)];
}

function referenceProblems(task: TaskJson, where: string, text: string): string[] {
  const names = [...text.matchAll(/\$\((?<name>[^)]*)\)/g)].map(({ groups }) => groups?.['name'] ?? '');
  return names
    .filter((name) => !task.inputs.some((input) => input.name === name))
    .map((name) => `${where}: no input ${name}`);
}

function restrictionProblems(task: TaskJson): string[] {
  const allowed = [...task.restrictions.settableVariables.allowed].sort().join(', ');
  const outputs = task.outputVariables
    .map(({ name }) => name)
    .sort()
    .join(', ');
  return allowed === outputs ? [] : [`settableVariables.allowed is (${allowed}), the outputs are (${outputs})`];
}

function duplicates(what: string, names: readonly string[]): string[] {
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `${what} ${name} stands there twice`);
}
