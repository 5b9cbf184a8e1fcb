/** Where things are in the repository and what its tasks are called. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot: string = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** One major version of one task. */
export interface TaskFolder {
  readonly name: string;
  readonly major: number;
  /** Relative to the repository, with `/`: `tasks/KeyVaultGrant/KeyVaultGrantV1`. */
  readonly folder: string;
}

/** Every folder with a task.json, sorted by name and version. */
export function findTasks(root: string = repositoryRoot): TaskFolder[] {
  const tasks = path.join(root, 'tasks');
  return subfolders(tasks).flatMap((name) =>
    subfolders(path.join(tasks, name)).flatMap((version) => {
      const major = /^(?<task>.+)V(?<major>\d+)$/.exec(version)?.groups;
      const folder = `tasks/${name}/${version}`;
      if (major?.['task'] !== name || !existsSync(path.join(root, folder, 'task.json'))) return [];
      return [{ name, major: Number(major['major']), folder }];
    }),
  );
}

/** The one version number of the project, out of package.json. */
export function projectVersion(root: string = repositoryRoot): string {
  const { version } = readJson(path.join(root, 'package.json')) as { version: string };
  return version;
}

/** What task.json says of its version. */
export interface TaskVersion {
  readonly Major: number;
  readonly Minor: number;
  readonly Patch: number;
}

/**
 * An agent never fetches a version twice, so a task's version rises with every release: its major stays the user's
 * contract (`Name@1`), its minor is the project's major and minor in one number (1.2.3 is 1.102.3).
 */
export function taskVersion(version: string, major: number): TaskVersion {
  const parts = /^(?<major>\d+)\.(?<minor>\d{1,2})\.(?<patch>\d+)$/.exec(version)?.groups;
  if (!parts)
    throw new Error(
      `The version ${version} in package.json is not of the form major.minor.patch with a minor below 100`,
    );
  return { Major: major, Minor: Number(parts['major']) * 100 + Number(parts['minor']), Patch: Number(parts['patch']) };
}

/** Throws with the file's name where it is missing or no JSON. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`Cannot read ${path.relative(repositoryRoot, file)}: ${String(error)}`, { cause: error });
  }
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map((entry) => entry.name).sort();
}
