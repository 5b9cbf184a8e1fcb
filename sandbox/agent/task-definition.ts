/** task.json as the agent reads it, and its choice of a handler (facts/azure-pipelines.md 1.2). */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { NodeMajor } from './node-binary.ts';

export type Stage = 'prejobexecution' | 'execution' | 'postjobexecution';

export interface TaskInput {
  readonly name: string;
  readonly type: string;
  readonly defaultValue: string;
  readonly aliases: readonly string[];
  readonly required: boolean;
}

export interface TaskDefinition {
  readonly directory: string;
  readonly id: string;
  readonly name: string;
  readonly friendlyName: string;
  readonly description: string;
  readonly author: string;
  readonly help: string;
  /** `major.minor.patch` */
  readonly version: string;
  readonly major: number;
  readonly inputs: readonly TaskInput[];
  readonly outputVariables: readonly string[];
  readonly restrictions: Restrictions | undefined;
  readonly handlers: Readonly<Partial<Record<Stage, Readonly<Record<string, HandlerData>>>>>;
}

/** What a task.json or a step's `target:` allows; absent parts allow everything. */
export interface Restrictions {
  readonly commands?: 'any' | 'restricted' | undefined;
  /** Names or `*` patterns; an empty list allows none. */
  readonly settableVariables?: readonly string[] | undefined;
}

export interface HandlerData {
  readonly target: string;
  readonly workingDirectory?: string;
}

export interface Handler {
  readonly node: NodeMajor;
  readonly data: HandlerData;
}

interface TaskJson {
  readonly id?: string;
  readonly name?: string;
  readonly friendlyName?: string;
  readonly description?: string;
  readonly author?: string;
  readonly helpUrl?: string;
  readonly helpMarkDown?: string;
  readonly version?: Readonly<Record<'Major' | 'Minor' | 'Patch', string | number>>;
  readonly inputs?: readonly {
    readonly name?: string;
    readonly type?: string;
    readonly defaultValue?: string | boolean | number;
    readonly aliases?: readonly string[];
    readonly required?: boolean;
  }[];
  readonly outputVariables?: readonly { readonly name?: string }[];
  readonly restrictions?: {
    readonly commands?: { readonly mode?: string };
    readonly settableVariables?: { readonly allowed?: readonly string[] };
  };
  readonly prejobexecution?: Record<string, HandlerData>;
  readonly execution?: Record<string, HandlerData>;
  readonly postjobexecution?: Record<string, HandlerData>;
}

/** Best first. A handler with any other name is ignored, as the agent ignores it. */
const handlersByPriority = ['Node24', 'Node20_1', 'Node16', 'Node10', 'Node'];

/** @throws where the folder has no task.json or one that is no JSON. */
export async function readTaskDefinition(directory: string): Promise<TaskDefinition> {
  const file = path.join(directory, 'task.json');
  const json = JSON.parse(await readFile(file, 'utf8')) as TaskJson;
  const { id = '', name = '', friendlyName = '', description = '', author = '' } = json;
  const version = readVersion(json);
  return {
    directory: path.resolve(directory),
    id: id.toLowerCase(),
    name,
    friendlyName,
    description,
    author,
    help: json.helpUrl ?? json.helpMarkDown ?? '',
    version: version.join('.'),
    major: version[0],
    inputs: readInputs(json),
    outputVariables: (json.outputVariables ?? []).flatMap(({ name }) => (name ? [name] : [])),
    restrictions: readRestrictions(json),
    handlers: definedHandlers(json),
  };
}

/**
 * @param node What `AGENT_USE_NODE24_WITH_HANDLER_DATA` decides: with 20, a Node24 handler runs on the Node 20 binary.
 * @returns undefined where the task has nothing to do in this stage.
 * @throws where handlers are declared, but none that the agent knows.
 */
export function chooseHandler(definition: TaskDefinition, stage: Stage, node: NodeMajor): Handler | undefined {
  const declared = definition.handlers[stage];
  if (declared === undefined) return undefined;
  const name = handlersByPriority.find((candidate) => declared[candidate] !== undefined);
  const data = name === undefined ? undefined : declared[name];
  if (!data) {
    throw new Error(
      `A supported task execution handler was not found. ${definition.name} declares ${Object.keys(declared).join(', ')}; ` +
        `the agent knows ${handlersByPriority.join(', ')}.`,
    );
  }
  if (name === 'Node24') return { node, data };
  if (name === 'Node20_1') return { node: 20, data };
  throw new Error(
    `The best handler of ${definition.name} is ${String(name)}; the sandbox has Node 20 and Node 24 only.`,
  );
}

function readVersion({ version }: TaskJson): readonly [major: number, minor: number, patch: number] {
  const { Major = 0, Minor = 0, Patch = 0 } = version ?? {};
  return [Number(Major), Number(Minor), Number(Patch)];
}

function readInputs(json: TaskJson): readonly TaskInput[] {
  return (json.inputs ?? []).flatMap((input) => {
    const name = input.name?.trim() ?? '';
    if (name === '') return [];
    const { type = 'string', aliases = [], required = false } = input;
    return [{ name, type, aliases, required, defaultValue: String(input.defaultValue ?? '') }];
  });
}

function readRestrictions({ restrictions }: TaskJson): Restrictions | undefined {
  if (!restrictions) return undefined;
  const commands = restrictions.commands?.mode?.toLowerCase() === 'restricted' ? 'restricted' : undefined;
  return { commands, settableVariables: restrictions.settableVariables?.allowed };
}

function definedHandlers(json: TaskJson): TaskDefinition['handlers'] {
  const { prejobexecution, execution, postjobexecution } = json;
  return {
    ...(prejobexecution ? { prejobexecution } : {}),
    ...(execution ? { execution } : {}),
    ...(postjobexecution ? { postjobexecution } : {}),
  };
}
