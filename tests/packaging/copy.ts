/** A copy of the project at another path, to build it there. */
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { repositoryRoot } from '../../scripts/build/project.ts';

const sources = [
  'package.json',
  'vss-extension.json',
  'overview.md',
  'CHANGELOG.md',
  'LICENSE',
  'images',
  'src',
  'tasks',
  'tsconfig.json',
];

export interface ProjectCopy {
  readonly root: string;
  remove(): Promise<void>;
}

export async function copyProject(): Promise<ProjectCopy> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'keyless-pods-copy-'));
  for (const source of sources)
    await cp(path.join(repositoryRoot, source), path.join(root, source), { recursive: true });
  await symlink(path.join(repositoryRoot, 'node_modules'), path.join(root, 'node_modules'), 'junction');
  return { root, remove: async () => rm(root, { recursive: true, force: true }) };
}
