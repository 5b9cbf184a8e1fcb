import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTask } from '../../sandbox/agent/index.ts';

/** Milliseconds of an empty task run as the others are: what the agent and the start of node cost without us. */
export async function bareNode(repeats: number): Promise<readonly number[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'keyless-pods-bare-'));
  const definition = {
    id: '00000000-0000-0000-0000-000000000001',
    name: 'Bare',
    version: { Major: 1, Minor: 0, Patch: 0 },
  };
  const handlers = { execution: { Node20_1: { target: 'index.js' }, Node24: { target: 'index.js' } } };
  writeFileSync(path.join(folder, 'task.json'), JSON.stringify({ ...definition, ...handlers, inputs: [] }));
  writeFileSync(path.join(folder, 'index.js'), '');
  mkdirSync(path.join(folder, 'work'));
  const times: number[] = [];
  for (let round = 0; round < repeats; round += 1) {
    const started = performance.now();
    await runTask({
      taskDirectory: folder,
      workFolder: path.join(folder, 'work'),
      host: 'build',
      nodePath: process.execPath,
    });
    times.push(performance.now() - started);
  }
  rmSync(folder, { recursive: true });
  return times;
}
