/** The inputs of a task as the agent hands them over: defaults, instance values, trimming, macros (facts/azure-pipelines.md 1.1). */
import path from 'node:path';
import type { TaskDefinition } from './task-definition.ts';
import { expandMacros, type Variables } from './variables.ts';

export interface InputContext {
  readonly variables: Variables;
  /** The agent's own environment: `$(HOME)` finds it where no variable has that name. */
  readonly hostEnvironment: Readonly<Record<string, string>>;
  /** What relative values of filePath inputs start from. */
  readonly defaultDirectory: string;
}

/**
 * Every input of task.json and every given one, by the name in task.json. An alias means its input, as the server
 * resolves it. Values are trimmed before macros are replaced, so text that comes from a variable keeps its blanks.
 * Required inputs are not checked: the agent leaves that to the task.
 */
export function resolveInputs(
  definition: TaskDefinition,
  given: Readonly<Record<string, string>>,
  context: InputContext,
): Readonly<Record<string, string>> {
  const values = new Map<string, { name: string; value: string }>();
  for (const input of definition.inputs) {
    values.set(input.name.toLowerCase(), { name: input.name, value: input.defaultValue.trim() });
  }
  for (const [key, value] of Object.entries(given)) {
    const name = nameOf(definition, key.trim());
    if (name !== '') values.set(name.toLowerCase(), { name, value: value.trim() });
  }
  const resolved: Record<string, string> = {};
  for (const { name, value } of values.values()) resolved[name] = expandValue(value, context);
  for (const { name, type } of definition.inputs) {
    if (type.toLowerCase() === 'filepath')
      resolved[name] = path.resolve(context.defaultDirectory, resolved[name] ?? '');
  }
  return resolved;
}

/** Job variables first, then the agent's environment. */
export function expandValue(value: string, { variables, hostEnvironment }: InputContext): string {
  return expandMacros(variables.expand(value), (name) => hostEnvironment[name]);
}

/** Ids in the values of `connectedService:*` inputs: comma separated GUIDs; anything else names no endpoint. */
export function endpointIds(definition: TaskDefinition, inputs: Readonly<Record<string, string>>): readonly string[] {
  return definition.inputs
    .filter(({ type }) => type.toLowerCase().startsWith('connectedservice:'))
    .flatMap(({ name }) => (inputs[name] ?? '').split(','))
    .map((id) => id.trim().toLowerCase())
    .filter((id) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id) && !/^[0-]+$/.test(id));
}

function nameOf(definition: TaskDefinition, key: string): string {
  const wanted = key.toLowerCase();
  const input = definition.inputs.find(
    ({ name, aliases }) => name.toLowerCase() === wanted || aliases.some((alias) => alias.toLowerCase() === wanted),
  );
  return input?.name ?? key;
}
