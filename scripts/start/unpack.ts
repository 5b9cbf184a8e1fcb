/** Takes the tasks out of the packed extension, as Azure DevOps does before it hands them to an agent. */
import { unzipSync } from 'fflate';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readTaskDefinition, type TaskDefinition } from '../../sandbox/agent/index.ts';

/** @param folder Gets the tasks' files. @returns every task of the package. */
export async function unpackTasks(vsix: string, folder: string): Promise<readonly TaskDefinition[]> {
  const files = unzipSync(await readFile(vsix));
  const folders: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    const target = path.resolve(folder, name);
    if (!target.startsWith(path.resolve(folder) + path.sep))
      throw new Error(`${vsix} holds ${name}, a path out of the package.`);
    if (name.endsWith('/')) continue;
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content);
    if (path.basename(name) === 'task.json') folders.push(path.dirname(target));
  }
  return Promise.all(folders.map((task) => readTaskDefinition(task)));
}
