/** The sandbox's agent: runs tasks as an Azure Pipelines agent does. What it leaves out stands in README.md. */
export { type Endpoint, inheritedEnvironment, Job, type JobOptions } from './job.ts';
export type { HostType } from './job-variables.ts';
export { fetchNode, type NodeMajor } from './node-binary.ts';
export { type CommandLine, processAttempt } from './process-attempt.ts';
export { type RecordedStep, runRecorded, runStage } from './run-step.ts';
export type { RunOptions, TaskRun, TaskStep } from './task-step.ts';
export { runTask, type RunTaskOptions } from './run-task.ts';
export type { StepRecord } from './step-record.ts';
export { mergeResults, type StepResult } from './step-result.ts';
export { readTaskDefinition, type Restrictions, type TaskDefinition } from './task-definition.ts';
export { type AgentVariable, expandMacros } from './variables.ts';
export { taskEnvironment } from './environment.ts';
export { expandValue } from './inputs.ts';
