/** All checks of a built extension together. Nothing of this is checked by tfx: see docs/testing.md. */
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findTasks, readJson, repositoryRoot, taskVersion, type TaskFolder } from '../build/project.ts';
import { fileProblems } from './files.ts';
import { manifestProblems, type ExtensionManifest } from './manifest.ts';
import { taskJsonProblems, type TaskJson } from './task-json.ts';

/** @param folder the built extension, e.g. `dist/extension`; what is wrong with it, one line each */
export function lintExtension(folder: string): string[] {
  const manifest = readJson(path.join(folder, 'vss-extension.json')) as ExtensionManifest;
  const described = manifestProblems(folder, manifest).map((problem) => `vss-extension.json: ${problem}`);
  if (described.length > 0) return described;
  const tasks = findTasks(folder);
  return [
    ...iconProblems(folder, manifest.icons.default, 128),
    ...tasks.flatMap((task) => taskProblems(folder, task, manifest)),
    ...idProblems(folder, tasks),
    ...fileProblems(folder, [repositoryRoot, os.homedir()]),
  ];
}

function taskProblems(folder: string, task: TaskFolder, manifest: ExtensionManifest): string[] {
  const content = readJson(path.join(folder, task.folder, 'task.json'));
  const described = taskJsonProblems(content);
  const around = described.length > 0 ? [] : surroundingProblems(folder, task, content as TaskJson, manifest);
  const problems = [...described, ...around].map((problem) => `${task.folder}/task.json: ${problem}`);
  return [...problems, ...iconProblems(folder, `${task.folder}/icon.png`, 32)];
}

function surroundingProblems(
  folder: string,
  task: TaskFolder,
  content: TaskJson,
  manifest: ExtensionManifest,
): string[] {
  const wanted = taskVersion(manifest.version, task.major);
  const contributions = manifest.contributions.filter(({ properties }) => properties.name === `tasks/${task.name}`);
  const targets = Object.values(content.execution).map(({ target }) => target);
  const checks: readonly (readonly [boolean, string])[] = [
    [content.name === task.name, `name is ${content.name}, the folder says ${task.name}`],
    [JSON.stringify(content.version) === JSON.stringify(wanted), `version is not ${JSON.stringify(wanted)}`],
    [contributions.length === 1, `${String(contributions.length)} contributions name tasks/${task.name}, not one`],
    [
      targets.every((target) => existsSync(path.join(folder, task.folder, target))),
      `a target is missing: ${targets.join(', ')}`,
    ],
  ];
  return checks.filter(([holds]) => !holds).map(([, problem]) => problem);
}

/** One id for all majors of a task, and no id for two tasks: the second would be ignored without a word. */
function idProblems(folder: string, tasks: readonly TaskFolder[]): string[] {
  const owners = new Map<string, string>();
  return tasks.flatMap(({ name, folder: task }) => {
    const { id } = readJson(path.join(folder, task, 'task.json')) as TaskJson;
    const owner = owners.get(id.toLowerCase()) ?? name;
    owners.set(id.toLowerCase(), owner);
    return owner === name ? [] : [`${task}/task.json: has the id of ${owner}`];
  });
}

const pngSignature = '89504e470d0a1a0a';

function iconProblems(folder: string, file: string, pixels: number): string[] {
  if (!existsSync(path.join(folder, file))) return [`${file} is missing`];
  const content = readFileSync(path.join(folder, file));
  if (content.subarray(0, 8).toString('hex') !== pngSignature) return [`${file} is no PNG`];
  const [width, height] = [content.readUInt32BE(16), content.readUInt32BE(20)];
  if (width === pixels && height === pixels) return [];
  return [`${file} is ${String(width)} x ${String(height)} pixels, not ${String(pixels)} x ${String(pixels)}`];
}
