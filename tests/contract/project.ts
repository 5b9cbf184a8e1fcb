/** What the contract tests read: tasks as they are described, documents as they are written. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findTasks, readJson, repositoryRoot } from '../../scripts/build/project.ts';
import { listFiles } from '../../scripts/lint-extension/files.ts';
import type { TaskJson } from '../../scripts/lint-extension/task-json.ts';

export interface DescribedTask {
  /** `KeyVaultGrant@1` */
  readonly reference: string;
  readonly name: string;
  readonly folder: string;
  readonly description: TaskJson;
}

export function describedTasks(): DescribedTask[] {
  return findTasks().map(({ name, major, folder }) => {
    const description = readJson(path.join(repositoryRoot, folder, 'task.json')) as TaskJson;
    return { reference: `${name}@${String(major)}`, name, folder, description };
  });
}

export function readText(file: string): string {
  return readFileSync(path.join(repositoryRoot, file), 'utf8');
}

/** Every Markdown document of the repository. */
export function documents(): string[] {
  const folders = ['docs', 'tasks', 'examples', 'sandbox', 'images', 'tests'];
  const below = folders.flatMap((folder) =>
    listFiles(path.join(repositoryRoot, folder)).map((file) => `${folder}/${file}`),
  );
  const above = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'overview.md'];
  return [...above, ...below.filter((file) => file.endsWith('.md'))];
}

/** The rows of the first table below a heading, cells trimmed, without the header. */
export function tableBelow(text: string, heading: string): string[][] {
  const section = text.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}
