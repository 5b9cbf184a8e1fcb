/** A pipeline as the runner understands it: complete values, no defaults left to fill in. */
import type { AgentVariable, Job, Restrictions, StepRecord, TaskDefinition } from '../agent/index.ts';

export type Condition = 'succeeded' | 'always' | 'failed' | 'succeededOrFailed' | 'true' | 'false';

export interface Pipeline {
  readonly file: string;
  readonly stages: readonly Stage[];
  /** What the file says and the sandbox passes over, e.g. `trigger`; shown before the run. */
  readonly notes: readonly string[];
}

export interface Stage {
  readonly name: string;
  readonly displayName: string;
  readonly condition: Condition;
  /** Names of earlier stages. */
  readonly dependsOn: readonly string[];
  readonly jobs: readonly PipelineJob[];
}

export interface PipelineJob {
  readonly name: string;
  readonly displayName: string;
  readonly kind: 'job' | 'deployment';
  readonly condition: Condition;
  /** Names of earlier jobs of the stage. */
  readonly dependsOn: readonly string[];
  readonly timeoutInMinutes: number | undefined;
  /** Of the pipeline, the stage and the job; later ones win. */
  readonly variables: readonly AgentVariable[];
  readonly steps: readonly Step[];
}

export interface StepBasics {
  /** Reference name, given or made. */
  readonly name: string;
  readonly displayName: string;
  readonly line: number;
  readonly condition: Condition;
  readonly enabled: boolean;
  readonly continueOnError: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutInMinutes: number | undefined;
  readonly retryCountOnTaskFailure: number | undefined;
  readonly restrictions: Restrictions | undefined;
}

export interface TaskStepModel extends StepBasics {
  readonly kind: 'task';
  readonly definition: TaskDefinition;
  readonly inputs: Readonly<Record<string, string>>;
}

export interface InBoxStepModel extends StepBasics {
  readonly kind: 'inBox';
  readonly task: InBoxTask;
  readonly inputs: Readonly<Record<string, string>>;
}

export interface ScriptStepModel extends StepBasics {
  readonly kind: 'script';
  readonly script: string;
  readonly workingDirectory: string | undefined;
}

export interface CheckoutStepModel extends StepBasics {
  readonly kind: 'checkout';
  readonly what: string;
}

export type Step = TaskStepModel | InBoxStepModel | ScriptStepModel | CheckoutStepModel;

/** A stand-in for a task that Azure DevOps brings itself. */
export interface InBoxTask {
  readonly name: string;
  readonly major: number;
  /** What it stands for and how far, in one line. */
  readonly summary: string;
  readonly inputs: readonly InBoxInput[];
  /** Does the work of one attempt; a throw is the reason why it failed. */
  run(context: InBoxContext): Promise<void>;
}

export interface InBoxContext {
  readonly job: Job;
  /** Defaults filled in, macros replaced. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly record: StepRecord;
  readonly stop: AbortSignal;
}

export interface InBoxInput {
  readonly name: string;
  readonly required: boolean;
  readonly defaultValue: string;
  /** Holds the name of a service connection. */
  readonly connection?: boolean;
  /** The only values that the stand-in knows; absent: any. */
  readonly values?: readonly string[];
}
