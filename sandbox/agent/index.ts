/** The sandbox's agent: runs tasks as an Azure Pipelines agent does. What it leaves out stands in README.md. */
export type { Command } from './command.ts';
export { type Endpoint, Job, type JobOptions, type Patience } from './job.ts';
export type { HostType, Proxy } from './job-variables.ts';
export { fetchNode, findNode, type NodeMajor } from './node-binary.ts';
export { type Attempt } from './attempts.ts';
export { type CommandLine, processAttempt } from './process-attempt.ts';
export { type RecordedStep, runRecorded, runStage } from './run-step.ts';
export type { RunOptions, TaskRun, TaskStep } from './task-step.ts';
export { runTask, type RunTaskOptions } from './run-task.ts';
export type { Attachment, Issue, StepIdentity, StepRecord } from './step-record.ts';
export { mergeResults, type StepResult } from './step-result.ts';
export { readTaskDefinition, type Restrictions, type TaskDefinition, type TaskInput } from './task-definition.ts';
export { type AgentVariable, expandMacros } from './variables.ts';
export { taskEnvironment } from './environment.ts';
export { expandValue } from './inputs.ts';
