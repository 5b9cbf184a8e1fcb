/** One step of the file. */
import type { Node } from 'yaml';
import { expandMacros, type Restrictions } from '../agent/index.ts';
import { type Catalogue, findConnection, findTask, taskNames } from './catalogue.ts';
import { knownConditions, parseCondition } from './condition.ts';
import type { Condition, InBoxInput, InBoxTask, Step, StepBasics } from './model.ts';
import type { Entries, YamlReader } from './yaml-reader.ts';

export interface StepContext {
  readonly reader: YamlReader;
  readonly catalogue: Catalogue;
  /** Variables of the file as far as they are known here: service connections are resolved before the run. */
  readonly variables: ReadonlyMap<string, string>;
  /** Reference names of the job's steps so far, lower case. */
  readonly names: Set<string>;
}

const common = [
  'displayName',
  'name',
  'condition',
  'continueOnError',
  'enabled',
  'env',
  'timeoutInMinutes',
  'retryCountOnTaskFailure',
  'target',
];
const kinds = ['task', 'script', 'bash', 'checkout'] as const;

/** Undefined where the step has a problem that leaves nothing to run. */
export function readStep(context: StepContext, node: Node): Step | undefined {
  const { reader } = context;
  const entries = reader.map(node, 'A step');
  const kind = kinds.find((candidate) => entries.has(candidate));
  switch (kind) {
    case undefined:
      reader.problem(
        node,
        `The sandbox does not run this kind of step (${[...entries.keys()][0] ?? 'empty'}). It runs ${kinds.join(', ')}.`,
      );
      return undefined;
    case 'task':
      return readTaskStep(context, node);
    case 'checkout':
      return readCheckout(context, node);
    case 'script':
    case 'bash':
      return readScript(context, node, kind);
  }
}

function readTaskStep(context: StepContext, node: Node): Step | undefined {
  const { reader, catalogue } = context;
  const entries = reader.map(node, 'A task step', ['task', 'inputs', ...common]);
  const reference = reader.optionalText(entries, 'task', '');
  const found = findTask(catalogue, reference);
  if (!found) {
    const offer = `It runs ${taskNames(catalogue)} and the steps script, bash and checkout.`;
    reader.problem(entries.get('task')?.value ?? node, `The sandbox does not know the task ${reference}. ${offer}`);
    return undefined;
  }
  const task = found.kind === 'task' ? found.definition : found.task;
  const basics = readBasics(context, entries, node, { name: task.name, displayName: task.name });
  const inputs = entries.get('inputs')?.value;
  if (found.kind === 'inBox') {
    return { ...basics, kind: 'inBox', task: found.task, inputs: readInBoxInputs(context, entries, found.task) };
  }
  const connections = found.definition.inputs.filter(({ type }) => type.toLowerCase().startsWith('connectedservice:'));
  const names = connections.flatMap(({ name, aliases }) => [name, ...aliases]);
  return {
    ...basics,
    kind: 'task',
    definition: found.definition,
    inputs: inputs === undefined ? {} : readInputs(context, inputs, names),
  };
}

/** Names of service connections become ids, as the service does before it hands a job to an agent. */
function readInputs(
  { reader, catalogue, variables }: StepContext,
  node: Node,
  connectionInputs: readonly string[],
): Record<string, string> {
  const inputs: Record<string, string> = {};
  const isConnection = new Set(connectionInputs.map((name) => name.toLowerCase()));
  for (const [name, { value }] of reader.map(node, 'inputs')) {
    const text = reader.text(value, `inputs: ${name}`);
    inputs[name] = text;
    if (!isConnection.has(name.toLowerCase()) || text.trim() === '') continue;
    const connectionName = expandMacros(text.trim(), (variable) => variables.get(variable.toLowerCase()));
    const connection = findConnection(catalogue, connectionName);
    if (connection) inputs[name] = connection.id;
    else {
      const offer = catalogue.connections.map((known) => known.name).join(', ');
      reader.problem(
        value,
        `${name} names the service connection "${connectionName}", which does not exist. There are: ${offer}.`,
      );
    }
  }
  return inputs;
}

function readInBoxInputs(context: StepContext, step: Entries, task: InBoxTask): Record<string, string> {
  const node = step.get('inputs')?.value;
  const names = task.inputs.filter(({ connection }) => connection).map(({ name }) => name);
  const given = node === undefined ? {} : readInputs(context, node, names);
  checkInBoxInputs(context.reader, step, task, given);
  for (const { name } of task.inputs.filter((input) => input.required && given[input.name] === undefined)) {
    context.reader.problem(step.get('task')?.key, `${task.name}@${String(task.major)} needs the input "${name}".`);
  }
  return { ...Object.fromEntries(task.inputs.map(({ name, defaultValue }) => [name, defaultValue])), ...given };
}

/** A stand-in must not do less than it was asked for, so what it does not know is a problem. */
function checkInBoxInputs(
  reader: YamlReader,
  step: Entries,
  task: InBoxTask,
  given: Readonly<Record<string, string>>,
): void {
  const label = `${task.name}@${String(task.major)}`;
  const inputs = step.get('inputs');
  const places: Entries = inputs ? reader.map(inputs.value, 'inputs') : new Map();
  const known = task.inputs.map(({ name }) => name);
  for (const name of Object.keys(given).filter((candidate) => !known.includes(candidate))) {
    const offer = `It knows ${known.join(', ')}.`;
    reader.problem(
      places.get(name)?.key,
      `The sandbox's stand-in for ${label} does not know the input "${name}". ${offer}`,
    );
  }
  for (const { name, values } of task.inputs.filter((input) => isUnknownValue(input, given[input.name]))) {
    const offer = `knows ${name}: ${values?.join(', ') ?? ''}, not "${given[name] ?? ''}"`;
    reader.problem(places.get(name)?.value, `The sandbox's stand-in for ${label} ${offer}.`);
  }
}

function isUnknownValue({ values }: InBoxInput, value: string | undefined): boolean {
  return value !== undefined && values?.includes(value) === false;
}

function readScript(context: StepContext, node: Node, kind: 'script' | 'bash'): Step {
  const { reader } = context;
  const entries = reader.map(node, `A ${kind} step`, [kind, 'workingDirectory', ...common]);
  const directory = reader.optionalText(entries, 'workingDirectory', '');
  return {
    ...readBasics(context, entries, node, {
      name: kind === 'bash' ? 'Bash' : 'CmdLine',
      displayName: kind === 'bash' ? 'Bash' : 'CmdLine',
    }),
    kind: 'script',
    script: reader.optionalText(entries, kind, ''),
    workingDirectory: directory === '' ? undefined : directory,
  };
}

function readCheckout(context: StepContext, node: Node): Step {
  const { reader } = context;
  const ignored = ['clean', 'fetchDepth', 'fetchTags', 'lfs', 'submodules', 'path', 'persistCredentials'];
  const entries = reader.map(node, 'A checkout step', ['checkout', ...ignored, ...common]);
  const what = reader.optionalText(entries, 'checkout', '');
  if (what !== 'self' && what !== 'none')
    reader.problem(entries.get('checkout')?.value ?? node, `The sandbox checks out self or none, not "${what}".`);
  return {
    ...readBasics(context, entries, node, { name: 'Checkout', displayName: `Checkout ${what}` }),
    kind: 'checkout',
    what,
  };
}

function readBasics(
  context: StepContext,
  entries: Entries,
  node: Node,
  defaults: { name: string; displayName: string },
): StepBasics {
  const { reader } = context;
  const env = entries.get('env');
  return {
    name: readName(context, entries, defaults.name),
    displayName: reader.optionalText(entries, 'displayName', defaults.displayName),
    line: reader.line(node),
    condition: readCondition(reader, entries),
    enabled: reader.boolean(entries, 'enabled', true),
    continueOnError: reader.boolean(entries, 'continueOnError', false),
    env: env ? reader.texts(env.value, 'env') : {},
    timeoutInMinutes: reader.count(entries, 'timeoutInMinutes'),
    retryCountOnTaskFailure: reader.count(entries, 'retryCountOnTaskFailure'),
    restrictions: readTarget(reader, entries),
  };
}

/** A step without a name gets one of its task, numbered where the job has several. */
function readName({ reader, names }: StepContext, entries: Entries, fallback: string): string {
  const given = entries.get('name');
  let name = given ? reader.text(given.value, 'name') : fallback;
  if (given && !/^[A-Za-z0-9_]+$/.test(name))
    reader.problem(given.value, `A step's name holds letters, digits and underscores only, not "${name}".`);
  if (given && names.has(name.toLowerCase()))
    reader.problem(given.value, `The job has two steps with the name "${name}".`);
  for (let number = 1; !given && names.has(name.toLowerCase()); number += 1) name = `${fallback}${String(number)}`;
  names.add(name.toLowerCase());
  return name;
}

export function readCondition(reader: YamlReader, entries: Entries): Condition {
  const entry = entries.get('condition');
  if (!entry) return 'succeeded';
  const text = reader.text(entry.value, 'condition');
  const condition = parseCondition(text);
  if (condition === undefined)
    reader.problem(
      entry.value ?? entry.key,
      `The sandbox cannot evaluate the condition "${text}". It knows ${knownConditions}.`,
    );
  return condition ?? 'succeeded';
}

function readTarget(reader: YamlReader, entries: Entries): Restrictions | undefined {
  const target = entries.get('target');
  if (!target) return undefined;
  const parts = reader.map(target.value, 'target', ['commands', 'settableVariables']);
  const commands = reader.optionalText(parts, 'commands', 'any');
  if (commands !== 'any' && commands !== 'restricted')
    reader.problem(parts.get('commands')?.value, `commands must be any or restricted, not "${commands}".`);
  const settable = parts.get('settableVariables');
  if (!settable) return { commands: commands === 'restricted' ? 'restricted' : 'any' };
  const names = reader.textOrList(settable.value, 'settableVariables');
  return {
    commands: commands === 'restricted' ? 'restricted' : 'any',
    settableVariables: names.join() === 'none' ? [] : names,
  };
}
