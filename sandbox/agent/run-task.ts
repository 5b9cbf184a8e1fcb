/** Runs one task by itself, as an agent would in a job of one step: pre-job, main, post-job. */
import type { AgentVariable } from './variables.ts';
import { Job, type JobOptions } from './job.ts';
import { runStage } from './run-step.ts';
import type { RunOptions, TaskRun, TaskStep } from './task-step.ts';
import { mergeResults } from './step-result.ts';
import { readTaskDefinition, type Restrictions, type TaskDefinition } from './task-definition.ts';

export interface RunTaskOptions extends Omit<JobOptions, 'variables'>, RunOptions {
  /** An unpacked task: its task.json and what that names. */
  readonly taskDirectory: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly variables?: readonly AgentVariable[];
  /** The step's `env:`. */
  readonly env?: Readonly<Record<string, string>>;
  /** The step's `name:`; the task's name where it has none. */
  readonly stepName?: string;
  readonly restrictions?: Restrictions;
  readonly timeoutMinutes?: number;
  readonly retryCountOnTaskFailure?: number;
}

/**
 * The run of the main stage, with log, issues, commands and attachments of the other stages around it. Failures of the
 * task are results; only a task that cannot be read is thrown.
 */
export async function runTask(options: RunTaskOptions): Promise<TaskRun> {
  const definition = await readTaskDefinition(options.taskDirectory);
  const job = new Job(options);
  await job.start();
  try {
    return joinRuns(await runStages(job, stepOf(definition, options), options));
  } finally {
    await job.end();
  }
}

function stepOf(definition: TaskDefinition, options: RunTaskOptions): TaskStep {
  const {
    stepName = definition.name,
    inputs = {},
    env = {},
    restrictions,
    timeoutMinutes,
    retryCountOnTaskFailure,
  } = options;
  return { definition, name: stepName, inputs, env, restrictions, timeoutMinutes, retryCountOnTaskFailure };
}

async function runStages(job: Job, step: TaskStep, options: RunOptions): Promise<Runs> {
  const { cancel, onLine, onStart } = options;
  const before = await runStage(job, step, 'prejobexecution', { cancel, onLine, onStart });
  // The main step waits for a successful pre-job; the post-job runs whatever happened (facts/azure-pipelines.md 1.6).
  const mayRun = before === undefined || before.result.startsWith('Succeeded');
  const main = mayRun ? await runStage(job, step, 'execution', { cancel, onLine, onStart }) : undefined;
  const result = main?.result ?? before?.result ?? 'Succeeded';
  job.variables.set({ name: 'agent.jobstatus', value: result });
  return { before, main, after: await runStage(job, step, 'postjobexecution', { onLine, onStart }) };
}

interface Runs {
  readonly before: TaskRun | undefined;
  readonly main: TaskRun | undefined;
  readonly after: TaskRun | undefined;
}

function joinRuns({ before, main, after }: Runs): TaskRun {
  const runs = [before, main, after].filter((run) => run !== undefined);
  const leading = main ?? before ?? after;
  if (!leading) throw new Error('The task declares no handler for any stage.');
  let { result } = leading;
  for (const run of runs) result = mergeResults(result, run.result);
  return {
    ...leading,
    result,
    log: runs.flatMap(({ log }) => log),
    rawOutput: runs.flatMap(({ rawOutput }) => rawOutput),
    issues: runs.flatMap(({ issues }) => issues),
    commands: runs.flatMap(({ commands }) => commands),
    attachments: runs.flatMap(({ attachments }) => attachments),
    lostAttachments: runs.flatMap(({ lostAttachments }) => lostAttachments),
    outputVariables: joinVariables(runs.map(({ outputVariables }) => outputVariables)),
    variables: joinVariables(runs.map(({ variables }) => variables)),
    taskVariables: runs.at(-1)?.taskVariables ?? {},
  };
}

function joinVariables(sets: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  return Object.fromEntries(sets.flatMap((set) => Object.entries(set)));
}
