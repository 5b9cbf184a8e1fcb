/** What the agent is asked to run, and what it answers. */
import type { Command } from './command.ts';
import type { Attachment, Issue } from './step-record.ts';
import type { StepResult } from './step-result.ts';
import type { Restrictions, TaskDefinition } from './task-definition.ts';

export interface TaskStep {
  readonly definition: TaskDefinition;
  /** Reference name of the step in its job. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The YAML step's `target: {commands, settableVariables}`. */
  readonly restrictions?: Restrictions | undefined;
  readonly timeoutMinutes?: number | undefined;
  readonly retryCountOnTaskFailure?: number | undefined;
}

export interface RunOptions {
  readonly cancel?: AbortSignal | undefined;
  /** Every line of the log, masked, as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
}

export interface TaskRun {
  readonly result: StepResult;
  /** Of the last attempt; absent where no process ran. */
  readonly exitCode?: number;
  /** Masked lines, as the user sees them. */
  readonly log: readonly string[];
  /** Unmasked lines of stdout and stderr, commands included. */
  readonly rawOutput: readonly string[];
  readonly issues: readonly Issue[];
  /** By bare name, as the task set them; `$(step.name)` in the job. */
  readonly outputVariables: Readonly<Record<string, string>>;
  /** Set without `isoutput`, by the task's spelling. */
  readonly variables: Readonly<Record<string, string>>;
  readonly taskVariables: Readonly<Record<string, string>>;
  readonly attachments: readonly Attachment[];
  /** Attached, but gone when the process had ended. */
  readonly lostAttachments: readonly string[];
  readonly commands: readonly Command[];
  /** The process and its arguments. */
  readonly arguments: readonly string[];
  /** Everything the process saw in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** How many times the process ran. */
  readonly attempts: number;
}
