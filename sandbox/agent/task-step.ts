/** What the agent is asked to run, and what it answers. */
import type { Command } from './command.ts';
import type { Attachment, Issue } from './step-record.ts';
import type { StepResult } from './step-result.ts';
import type { Restrictions, TaskDefinition } from './task-definition.ts';

export interface TaskStep extends StepLimits {
  readonly definition: TaskDefinition;
  /** Reference name of the step in its job. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The YAML step's `target: {commands, settableVariables}`. */
  readonly restrictions?: Restrictions | undefined;
}

export interface StepLimits {
  /** 0 or absent: none. */
  readonly timeoutMinutes?: number | undefined;
  /** At most 10. */
  readonly retryCountOnTaskFailure?: number | undefined;
}

export interface ProcessFacts {
  readonly exitCode?: number;
  /** The program and its arguments. */
  readonly arguments: readonly string[];
  /** Everything the process saw in its environment. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface RunOptions {
  readonly cancel?: AbortSignal | undefined;
  /** Every line of the log, masked, as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** The task's process as soon as it runs; once for every stage and attempt. */
  readonly onStart?: ((processId: number) => void) | undefined;
}

/** `arguments` and `environment` are those of the last attempt, empty where no process ran. */
export interface TaskRun extends ProcessFacts {
  readonly result: StepResult;
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
  /** How many times the process ran. */
  readonly attempts: number;
}
