/** Runs one step of a job and gathers what it left behind. */
import { type Attempt, Attempts } from './attempts.ts';
import { commandLine } from './command-line.ts';
import type { Job } from './job.ts';
import { processAttempt } from './process-attempt.ts';
import { type StepIdentity, StepRecord } from './step-record.ts';
import { mergeResults } from './step-result.ts';
import { chooseHandler, type Stage, type TaskDefinition } from './task-definition.ts';
import type { RunOptions, StepLimits, TaskRun, TaskStep } from './task-step.ts';

export interface RecordedStep extends StepLimits {
  readonly identity: StepIdentity;
  /** Shown above the step's log. */
  readonly header: Readonly<Record<string, string>>;
  readonly attempt: Attempt;
}

/** One stage (pre-job, main, post-job) of a task. @returns undefined where the task declares nothing for this stage. */
export async function runStage(
  job: Job,
  step: TaskStep,
  stage: Stage,
  options: RunOptions = {},
): Promise<TaskRun | undefined> {
  const { definition } = step;
  if (definition.handlers[stage] === undefined) return undefined;
  const attempt = processAttempt((record) => {
    const handler = chooseHandler(definition, stage, job.node);
    if (!handler) throw new Error(`${definition.name} has no handler for ${stage}.`);
    return commandLine(step, record, handler, stage);
  }, options.onStart);
  const { timeoutMinutes, retryCountOnTaskFailure } = step;
  const recorded = { identity: identityOf(step), header: headerOf(definition), attempt };
  return runRecorded(job, { ...recorded, timeoutMinutes, retryCountOnTaskFailure }, options);
}

/** A step of any kind: time-out, cancellation, retries, result and record are the same for all. */
export async function runRecorded(job: Job, step: RecordedStep, options: RunOptions = {}): Promise<TaskRun> {
  const record = new StepRecord(job, step.identity, options.onLine);
  writeHeader(record, step.header);
  const attempts = new Attempts(step, record, options);
  try {
    await attempts.run(step.attempt);
  } catch (error) {
    record.issue('error', error instanceof Error ? error.message : String(error));
    record.complete('Failed');
  }
  if (record.commandFailed) record.result = mergeResults(record.result, 'Failed');
  const { attachments, lost } = await record.collectAttachments();
  const { log, rawOutput, issues, outputVariables, variables, commands } = record;
  const taskVariables = Object.fromEntries([...record.taskVariables.values()].map(({ name, value }) => [name, value]));
  return {
    result: record.result ?? 'Succeeded',
    ...attempts.last,
    attempts: attempts.count,
    ...{ log, rawOutput, issues, outputVariables, variables, taskVariables, attachments, commands },
    lostAttachments: lost,
  };
}

function identityOf({ definition, name, restrictions }: TaskStep): StepIdentity {
  return {
    name,
    outputVariables: definition.outputVariables,
    restrictions: [
      ...(definition.restrictions ? [{ from: 'task' as const, rules: definition.restrictions }] : []),
      ...(restrictions ? [{ from: 'pipeline' as const, rules: restrictions }] : []),
    ],
  };
}

function headerOf({ friendlyName, description, version, author, help }: TaskDefinition): Record<string, string> {
  return { Task: friendlyName, Description: description, Version: version, Author: author, Help: help };
}

function writeHeader(record: StepRecord, header: Readonly<Record<string, string>>): void {
  const line = '='.repeat(78);
  record.write(line);
  for (const [name, value] of Object.entries(header)) record.write(`${name.padEnd(12)} : ${value}`);
  record.write(line);
}
