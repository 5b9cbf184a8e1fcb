/** Runs one stage (pre-job, main, post-job) of a task in a job. */
import { Attempts } from './attempts.ts';
import type { Job } from './job.ts';
import { StepRecord } from './step-record.ts';
import { mergeResults } from './step-result.ts';
import { chooseHandler, type Stage, type TaskDefinition } from './task-definition.ts';
import type { RunOptions, TaskRun, TaskStep } from './task-step.ts';

/** @returns undefined where the task declares nothing for this stage. */
export async function runStage(
  job: Job,
  step: TaskStep,
  stage: Stage,
  options: RunOptions = {},
): Promise<TaskRun | undefined> {
  const { definition } = step;
  if (definition.handlers[stage] === undefined) return undefined;
  const record = new StepRecord(job, identityOf(step), options.onLine);
  writeHeader(record, definition);
  const attempt = new Attempts(step, record, options);
  try {
    const handler = chooseHandler(definition, stage, job.node);
    if (handler) await attempt.run(handler, stage);
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
    ...attempt.last,
    attempts: attempt.count,
    ...{ log, rawOutput, issues, outputVariables, variables, taskVariables, attachments, commands },
    lostAttachments: lost,
  };
}

function identityOf({ definition, name, restrictions }: TaskStep): StepRecord['identity'] {
  return {
    name,
    outputVariables: definition.outputVariables,
    restrictions: [
      ...(definition.restrictions ? [{ from: 'task' as const, rules: definition.restrictions }] : []),
      ...(restrictions ? [{ from: 'pipeline' as const, rules: restrictions }] : []),
    ],
  };
}

function writeHeader(record: StepRecord, definition: TaskDefinition): void {
  const { friendlyName, description, version, author, help } = definition;
  const line = '='.repeat(78);
  record.write(line);
  const rows = { Task: friendlyName, Description: description, Version: version, Author: author, Help: help };
  for (const [name, value] of Object.entries(rows)) record.write(`${name.padEnd(12)} : ${value}`);
  record.write(line);
}
