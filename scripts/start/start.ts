/** Packs, unpacks, starts the sandbox, runs the pipeline and tells what changed. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fetchNode, type StepResult, type TaskDefinition } from '../../sandbox/agent/index.ts';
import {
  catalogueOf,
  jobOptionsBehindProxy,
  type Pipeline,
  readPipeline,
  runPipeline,
} from '../../sandbox/pipeline/index.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { projectVersion, repositoryRoot } from '../build/project.ts';
import { packageExtension } from '../package/package-extension.ts';
import { changesBetween, takeSnapshot } from './changes.ts';
import type { StartOptions } from './options.ts';
import { Printer, seconds } from './printer.ts';
import { summarize } from './summary.ts';
import { unpackTasks } from './unpack.ts';

/** Something that a person must put right before a run. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

interface Run {
  readonly options: StartOptions;
  readonly printer: Printer;
  readonly cancel: AbortSignal;
  /** For unpacked tasks and the agent's work; gone at the end. */
  readonly folder: string;
}

const example = 'examples/article.yml';

/** @returns the exit code: 0 for a pipeline that succeeded, 1 for one that failed, 130 for a cancelled one. */
export async function start(options: StartOptions, cancel: AbortSignal): Promise<number> {
  const printer = new Printer({
    colours: process.stdout.isTTY && !process.env['NO_COLOR'],
    write: (line) => {
      console.log(line);
    },
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'keyless-pods-start-'));
  try {
    printer.heading(`Keyless Pods ${projectVersion()}`);
    return await inFolder({ options, printer, cancel, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inFolder(run: Run): Promise<number> {
  const { options, printer, cancel, folder } = run;
  const tasks = await packedTasks(printer, folder);
  const nodePath = await timed(
    printer,
    `Node ${String(options.node)}`,
    () => fetchNode(options.node),
    (file) => file,
  );
  const { scenario, cluster, latency, faults } = options;
  const sandbox = await timed(
    printer,
    'Sandbox',
    () => startSandbox({ scenario, latency, cluster, ...(faults === undefined ? {} : { faults }) }),
    ({ clusters }) => `scenario ${scenario}, clusters ${clusters.map(({ name }) => name).join(', ')}`,
  );
  try {
    const code = await runPipelines({ ...run, sandbox, tasks, nodePath });
    if (options.keep && !cancel.aborted) await keepUp(printer, sandbox, cancel);
    return code;
  } finally {
    await sandbox.stop();
  }
}

/** The tasks as the packed extension carries them: what a user would install, not what lies in the checkout. */
async function packedTasks(printer: Printer, folder: string): Promise<readonly TaskDefinition[]> {
  const { file, bytes, problems, skipped } = await timed(
    printer,
    'Package',
    () => packageExtension(repositoryRoot),
    (result) =>
      result.file === undefined
        ? 'failed'
        : `${path.relative(process.cwd(), result.file)}, ${(result.bytes / 1_000_000).toFixed(1)} MB`,
  );
  for (const task of skipped) printer.say(`  ${task} has no index.ts and is not in the package.`);
  if (file === undefined || bytes === 0)
    throw new StartError(`The extension cannot be packaged:\n${problems.join('\n')}`);
  return unpackTasks(file, path.join(folder, 'extension'));
}

interface SandboxRun extends Run {
  readonly sandbox: Sandbox;
  readonly tasks: readonly TaskDefinition[];
  readonly nodePath: string;
}

/** The article's example runs twice: the second time shows that it changes nothing any more. */
async function runPipelines(run: SandboxRun): Promise<number> {
  const { options, printer, sandbox, cancel } = run;
  const file = options.pipeline ?? path.join(repositoryRoot, example);
  if (!existsSync(file)) throw new StartError(`There is no pipeline ${file}.`);
  const label = path.relative(process.cwd(), path.resolve(file));
  const catalogue = catalogueOf(run.tasks, sandbox.connection.publicServiceConnections);
  const pipeline = readPipeline(await readFile(file, 'utf8'), label, catalogue);
  printer.say(`  Pipeline  ${label}, as a ${options.host}`);
  for (const note of pipeline.notes) printer.say(`            ${note}`);
  const content = path.dirname(path.resolve(file));
  const first = await runOnce(run, pipeline, { content, title: 'What changed' });
  if (options.pipeline !== undefined || exitCode(first.result) !== 0 || cancel.aborted) return exitCode(first.result);
  printer.heading('The same pipeline once more');
  const second = await runOnce(run, pipeline, { content, title: 'What the second run changed' });
  if (exitCode(second.result) !== 0 || second.changes === 0) return exitCode(second.result);
  printer.say('  The second run must change nothing. This is a fault: please report it.');
  return 1;
}

interface RunEnd {
  readonly result: StepResult;
  /** 0: nothing is different from before. */
  readonly changes: number;
}

async function runOnce(
  run: SandboxRun,
  pipeline: Pipeline,
  { content, title }: { content: string; title: string },
): Promise<RunEnd> {
  const { options, printer, sandbox, nodePath, cancel, folder } = run;
  const before = await takeSnapshot(sandbox);
  sandbox.requests.clear();
  const answer = await runPipeline(pipeline, {
    ...jobOptionsBehindProxy(sandbox.connection),
    host: options.host,
    node: options.node,
    nodePath,
    content,
    workFolder: path.join(folder, 'work'),
    observer: printer,
    cancel,
  });
  printer.heading(title);
  const changes = summarize(printer, { run: answer, changes: changesBetween(before, await takeSnapshot(sandbox)) });
  return { result: answer.result, changes };
}

async function keepUp(printer: Printer, sandbox: Sandbox, cancel: AbortSignal): Promise<void> {
  printer.heading('The sandbox stays up');
  printer.say(`  ${sandbox.connectionFile} says everything about it. Ctrl+C ends it.`);
  // A listener keeps no process alive; the sandbox's servers do.
  await new Promise<void>((resolve) => {
    cancel.addEventListener('abort', () => {
      resolve();
    });
  });
}

function exitCode(result: StepResult): number {
  if (result === 'Succeeded' || result === 'SucceededWithIssues') return 0;
  return result === 'Canceled' ? 130 : 1;
}

async function timed<Result>(
  printer: Printer,
  name: string,
  work: () => Promise<Result>,
  describe: (result: Result) => string,
): Promise<Result> {
  const started = performance.now();
  const result = await work();
  printer.say(`  ${name.padEnd(8)}  ${describe(result)} (${seconds(performance.now() - started)})`);
  return result;
}
