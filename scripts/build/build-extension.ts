/** Builds the whole extension into a folder: bundles, task.json with the project's version, icons, notices. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExtensionManifest } from '../lint-extension/manifest.ts';
import { budgetProblems, type MeasuredTask } from './budget.ts';
import { bundleTask } from './bundle.ts';
import { thirdPartyNotices } from './notices.ts';
import { bundledPackages, copyProblems } from './packages.ts';
import { findTasks, projectVersion, readJson, taskVersion, type TaskFolder } from './project.ts';

export interface BuildResult {
  readonly built: readonly MeasuredTask[];
  /** Folders with a task.json but no index.ts. */
  readonly skipped: readonly string[];
  /** What must fail the build although everything was written. */
  readonly problems: readonly string[];
  /** Absolute: `dist/extension`. */
  readonly folder: string;
}

/** Replaces `dist/extension` as a whole, so that nothing of an older build stays and a reader never sees half of one. */
export async function buildExtension(root: string): Promise<BuildResult> {
  const dist = path.join(root, 'dist');
  await mkdir(dist, { recursive: true });
  const fresh = await mkdtemp(path.join(dist, '.building-'));
  try {
    const result = await buildInto(root, fresh);
    const folder = path.join(dist, 'extension');
    await replaceFolder(fresh, folder);
    return { ...result, folder };
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function buildInto(root: string, folder: string): Promise<Omit<BuildResult, 'folder'>> {
  const tasks = findTasks(root);
  const withCode = tasks.filter((task) => existsSync(path.join(root, task.folder, 'index.ts')));
  const built = await Promise.all(withCode.map(async (task) => buildTask(root, task, folder)));
  const metafiles = built.map(({ bundle }) => bundle.metafile);
  await writeFile(
    path.join(folder, 'THIRD-PARTY-NOTICES.txt'),
    thirdPartyNotices(root, bundledPackages(root, metafiles)),
  );
  await copyPapers(root, folder);
  const skipped = tasks.filter((task) => !withCode.includes(task)).map((task) => task.folder);
  const problems = built.flatMap((task) => [
    ...budgetProblems(task),
    ...copyProblems(bundledPackages(root, [task.bundle.metafile])).map((problem) => `${task.name}: ${problem}`),
  ]);
  return { built, skipped, problems: [...skipped.map((task) => `${task} has no index.ts`), ...problems] };
}

async function buildTask(root: string, task: TaskFolder, into: string): Promise<MeasuredTask> {
  const outdir = path.join(into, task.folder);
  const bundle = await bundleTask(root, `${task.folder}/index.ts`, outdir);
  const description = readJson(path.join(root, task.folder, 'task.json')) as object;
  const stamped = { ...description, version: taskVersion(projectVersion(root), task.major) };
  await writeFile(path.join(outdir, 'task.json'), `${JSON.stringify(stamped, null, 2)}\n`);
  // whatever package.json stands above an agent's work folder, these files are CommonJS
  await writeFile(path.join(outdir, 'package.json'), '{ "type": "commonjs" }\n');
  await cp(path.join(root, task.folder, 'icon.png'), path.join(outdir, 'icon.png'));
  return { name: task.name, bundle };
}

/** What the extension ships beside its tasks. LICENSE gets an ending because the package knows content types by it. */
async function copyPapers(root: string, folder: string): Promise<void> {
  const manifest = readJson(path.join(root, 'vss-extension.json')) as ExtensionManifest;
  const stamped = { ...manifest, version: projectVersion(root) };
  await writeFile(path.join(folder, 'vss-extension.json'), `${JSON.stringify(stamped, null, 2)}\n`);
  await mkdir(path.join(folder, 'images'), { recursive: true });
  const copies = [
    ['overview.md', 'overview.md'],
    ['LICENSE', 'LICENSE.txt'],
    ['CHANGELOG.md', 'CHANGELOG.md'],
    ['images/icon.png', 'images/icon.png'],
  ] as const;
  await Promise.all(copies.map(async ([from, to]) => cp(path.join(root, from), path.join(folder, to))));
}

/** Tries again where another build put its result there in between. */
async function replaceFolder(from: string, to: string): Promise<void> {
  const old = `${from}-old`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (existsSync(to)) await rename(to, `${old}-${String(attempt)}`);
      await rename(from, to);
      break;
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
  const leftovers = [1, 2, 3, 4, 5].map((attempt) => `${old}-${String(attempt)}`);
  await Promise.all(leftovers.map(async (folder) => rm(folder, { recursive: true, force: true })));
}
