/** The tasks as users get them: out of the packaged extension, unpacked once per test process. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TaskDefinition } from '../../sandbox/agent/index.ts';
import { unpackTasks } from '../../scripts/start/unpack.ts';

const dist = path.join(import.meta.dirname, '../../dist');

let unpacked: Promise<readonly TaskDefinition[]> | undefined;

/** Every task of the package in dist. @throws where `npm run package` was not run */
export function packagedTasks(): Promise<readonly TaskDefinition[]> {
  unpacked ??= unpack();
  return unpacked;
}

/** Directory of one task of the package. */
export async function packagedTask(name: string): Promise<string> {
  const task = (await packagedTasks()).find((each) => each.name === name);
  if (!task) throw new Error(`The package in dist has no task ${name}.`);
  return task.directory;
}

async function unpack(): Promise<readonly TaskDefinition[]> {
  const vsix = readdirSync(dist).find((file) => file.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('There is no package in dist: run `npm run package` first.');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-vsix-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return unpackTasks(path.join(dist, vsix), folder);
}
