/** Runs the probe task: a step whose script stands in the test. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTask, type RunTaskOptions, type TaskRun } from '../../../sandbox/agent/index.ts';

export const tasksFolder: string = path.join(import.meta.dirname, 'tasks');

export type ProbeOptions = Partial<Omit<RunTaskOptions, 'workFolder'>>;

export async function probe(script: string, options: ProbeOptions = {}): Promise<TaskRun> {
  return withWorkFolder((workFolder) =>
    runTask({
      taskDirectory: path.join(tasksFolder, 'probe'),
      host: 'build',
      node: 20,
      nodePath: process.execPath,
      stepName: 'step',
      ...options,
      workFolder,
      inputs: { script, ...options.inputs },
    }),
  );
}

export async function withWorkFolder<Result>(use: (workFolder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), 'agent-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
