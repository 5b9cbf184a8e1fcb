/** A pipeline with the probe task and two service connections, without any server. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { readTaskDefinition } from '../../../sandbox/agent/index.ts';
import {
  type Catalogue,
  catalogueOf,
  type Pipeline,
  type PipelineRun,
  type PipelineRunOptions,
  readPipeline,
  runPipeline,
} from '../../../sandbox/pipeline/index.ts';
import { tasksFolder, withWorkFolder } from '../agent/probe.ts';

export const azureConnection = '11111111-2222-3333-4444-555555555555';
export const clusterConnection = '66666666-7777-8888-9999-aaaaaaaaaaaa';

export const repository: string = path.join(import.meta.dirname, '..', '..', '..');

export async function catalogue(): Promise<Catalogue> {
  const tasks = ['probe', 'staged'].map((name) => readTaskDefinition(path.join(tasksFolder, name)));
  return catalogueOf(await Promise.all(tasks), [
    { id: azureConnection, name: 'azure-conn' },
    { id: clusterConnection, name: 'cluster-conn' },
  ]);
}

export async function read(text: string): Promise<Pipeline> {
  return readPipeline(text, 'p.yml', await catalogue());
}

export async function readExample(file: string): Promise<Pipeline> {
  return readPipeline(await readFile(path.join(repository, file), 'utf8'), file, await catalogue());
}

export async function run(text: string, options: Partial<PipelineRunOptions> = {}): Promise<PipelineRun> {
  const pipeline = await read(text);
  return withWorkFolder((workFolder) =>
    runPipeline(pipeline, { host: 'build', node: 20, nodePath: process.execPath, ...options, workFolder }),
  );
}

/** `name: result` of every step of the run, in order. */
export function results({ jobs }: PipelineRun): readonly string[] {
  return jobs.flatMap(({ steps }) =>
    steps.map(({ step, part, result }) => `${step.displayName}${part === 'main' ? '' : ` (${part})`}: ${result}`),
  );
}

/** All log lines without the headers. */
export function lines({ jobs }: PipelineRun): readonly string[] {
  return jobs.flatMap(({ steps }) => steps.flatMap(({ run: taskRun }) => taskRun?.log ?? []));
}
