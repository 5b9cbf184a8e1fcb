/** What a pipeline may name: tasks, service connections, and the stand-ins for tasks that Azure DevOps brings itself. */
import type { TaskDefinition } from '../agent/index.ts';
import type { InBoxTask } from './model.ts';

export interface Connection {
  /** GUID */
  readonly id: string;
  readonly name: string;
}

export interface Catalogue {
  readonly tasks: readonly TaskDefinition[];
  readonly inBoxTasks: readonly InBoxTask[];
  readonly connections: readonly Connection[];
}

export type Found =
  { readonly kind: 'task'; readonly definition: TaskDefinition } | { readonly kind: 'inBox'; readonly task: InBoxTask };

/** @param reference `Name@1`, `publisher.extension.contribution.Name@1`, `<guid>@1`, or with a whole version behind the `@`. */
export function findTask({ tasks, inBoxTasks }: Catalogue, reference: string): Found | undefined {
  const [fullName = '', version = ''] = reference.toLowerCase().split('@');
  const name = fullName.split('.').at(-1) ?? '';
  const definition = tasks.find(
    (task) =>
      (task.name.toLowerCase() === name || task.id === fullName) && isVersion(version, task.major, task.version),
  );
  if (definition) return { kind: 'task', definition };
  const inBox = inBoxTasks.find((task) => task.name.toLowerCase() === name && version === String(task.major));
  return inBox ? { kind: 'inBox', task: inBox } : undefined;
}

/** Everything that can stand behind `task:`, for the message about one that cannot. */
export function taskNames({ tasks, inBoxTasks }: Catalogue): string {
  return [...tasks, ...inBoxTasks].map(({ name, major }) => `${name}@${String(major)}`).join(', ');
}

export function findConnection({ connections }: Catalogue, nameOrId: string): Connection | undefined {
  return connections.find(({ id, name }) => name === nameOrId || id.toLowerCase() === nameOrId.toLowerCase());
}

function isVersion(wanted: string, major: number, version: string): boolean {
  return wanted === String(major) || wanted === version;
}
