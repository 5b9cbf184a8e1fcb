/** Finds steps in YAML and says what Azure Pipelines would refuse about them. */
import { parseAllDocuments } from 'yaml';
import type { TaskInput } from '../../scripts/lint-extension/task-json.ts';
import type { DescribedTask } from './project.ts';

/** In-box tasks that documents show beside ours. */
const inBox = ['KubernetesManifest@1', 'HelmDeploy@0', 'HelmDeploy@1', 'AzureCLI@2', 'Kubernetes@1'];

interface Step {
  readonly task: string;
  readonly inputs: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** The content of every YAML code block. */
export function yamlBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^[ \t]*```ya?ml\n(?<yaml>[\s\S]*?)^[ \t]*```/gm)].map(
    ({ groups }) => groups?.['yaml'] ?? '',
  );
}

/** @returns one line for each problem, of every step in the text */
export function stepProblems(yaml: string, tasks: readonly DescribedTask[]): string[] {
  const parsed = parseAllDocuments(yaml);
  const broken = parsed.flatMap(({ errors }) => errors.map(({ message }) => `is no YAML: ${message}`));
  if (broken.length > 0) return broken;
  return parsed.flatMap((document) => findSteps(document.toJS())).flatMap((step) => problemsOf(step, tasks));
}

function findSteps(value: unknown): Step[] {
  if (typeof value !== 'object' || value === null) return [];
  const { task, inputs } = value as { task?: unknown; inputs?: unknown };
  const below = Object.values(value).flatMap((each) => findSteps(each));
  if (typeof task !== 'string') return below;
  return [{ task, inputs: (inputs ?? {}) as Step['inputs'] }, ...below];
}

function problemsOf({ task, inputs }: Step, tasks: readonly DescribedTask[]): string[] {
  const described = tasks.find(({ reference }) => reference === task);
  if (!described) return inBox.includes(task) ? [] : [`${task}: there is no such task`];
  const known = described.description.inputs;
  const problems = [
    ...Object.keys(inputs)
      .filter((name) => !known.some((input) => input.name === name))
      .map((name) => `has no input ${name}`),
    ...known.flatMap((input) => inputProblems(input, inputs, known)),
  ];
  return problems.map((problem) => `${task}: ${problem}`);
}

function inputProblems(input: TaskInput, given: Step['inputs'], all: readonly TaskInput[]): string[] {
  const { name, required, defaultValue, options, properties } = input;
  const value = given[name];
  if (value === undefined) {
    const missing = required && defaultValue === undefined && isVisible(input, given, all);
    return missing ? [`lacks ${name}`] : [];
  }
  const text = String(value);
  const isFree = text.includes('$(') || !options || properties?.['EditableOptions'] === 'True';
  return isFree || text in options ? [] : [`${name} cannot be ${text}`];
}

/** A required input that its rule hides is not required. */
function isVisible({ visibleRule }: TaskInput, given: Step['inputs'], all: readonly TaskInput[]): boolean {
  if (visibleRule === undefined) return true;
  const valueOf = (name: string): string =>
    String(given[name] ?? all.find((input) => input.name === name)?.defaultValue ?? '');
  const holds = (term: string): boolean => {
    const [left = '', right = ''] = term.split(/!=|==|=/).map((part) => part.trim());
    return (valueOf(left) === right) !== term.includes('!=');
  };
  return visibleRule.includes('||') ? visibleRule.split('||').some(holds) : visibleRule.split('&&').every(holds);
}
