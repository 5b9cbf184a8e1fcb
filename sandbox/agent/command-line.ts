/** The command line, directory and environment of a task's process. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { taskEnvironment } from './environment.ts';
import { endpointIds, expandValue, type InputContext, resolveInputs } from './inputs.ts';
import { findNode } from './node-binary.ts';
import type { CommandLine } from './process-attempt.ts';
import type { TaskStep } from './task-step.ts';
import type { StepRecord } from './step-record.ts';
import type { Handler, Stage } from './task-definition.ts';

/** @throws where the handler's target or the Node binary is missing. */
export function commandLine(step: TaskStep, record: StepRecord, handler: Handler, stage: Stage): CommandLine {
  const { job } = record;
  const { definition, env = {} } = step;
  const { workingDirectory } = job.folders;
  const context: InputContext = {
    variables: job.variables,
    hostEnvironment: job.hostEnvironment,
    defaultDirectory: workingDirectory,
  };
  const inputs = resolveInputs(definition, step.inputs, context);
  const target = path.resolve(definition.directory, expandTarget(handler.data.target, stage, definition.directory));
  if (!existsSync(target)) throw new Error(`File not found: '${target}', the target of ${definition.name}'s handler.`);
  const environment = taskEnvironment(job, {
    stepEnvironment: Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name.trim(), expandValue(value.trim(), context)]),
    ),
    inputs,
    endpointIds: endpointIds(definition, inputs),
    taskVariables: record.taskVariables.values(),
    lookUpId: `vsts_${randomUUID()}`,
  });
  return {
    file: job.options.nodePath ?? findNode(handler.node),
    arguments: [target],
    workingDirectory: path.resolve(workingDirectory, handler.data.workingDirectory ?? ''),
    environment: { ...job.hostEnvironment, ...environment },
  };
}

/** `$(currentDirectory)` means the task's folder, but only in `execution` handlers. */
function expandTarget(target: string, stage: Stage, directory: string): string {
  return stage === 'execution' ? target.replaceAll(/\$\(currentDirectory\)/gi, directory) : target;
}
