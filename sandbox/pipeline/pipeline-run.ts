/** What a run of a pipeline is asked for, tells while it goes, and answers. */
import type { JobOptions, StepResult, TaskRun } from '../agent/index.ts';
import type { PipelineJob, Stage, Step } from './model.ts';

export interface PipelineRunOptions extends Omit<JobOptions, 'workFolder' | 'variables' | 'stageName' | 'jobName'> {
  /** Every job gets a folder of its own in here. */
  readonly workFolder: string;
  readonly observer?: PipelineObserver;
  readonly cancel?: AbortSignal | undefined;
}

/** Told of everything in the order in which it happens. */
export interface PipelineObserver {
  stageStarted?(stage: Stage): void;
  jobStarted?(job: PipelineJob): void;
  stepStarted?(step: Step, part: 'main' | 'pre-job' | 'post-job'): void;
  /** A masked line of the log of the step that runs. */
  line?(text: string): void;
  stepEnded?(run: StepRun): void;
  /** A stage or a job that does not run, with the reason. */
  skipped?(name: string, reason: string): void;
}

export interface JobRun {
  readonly stage: string;
  readonly job: string;
  readonly result: StepResult;
  readonly steps: readonly StepRun[];
}

export interface PipelineRun {
  readonly result: StepResult;
  readonly jobs: readonly JobRun[];
}

export interface StepRun {
  readonly step: Step;
  readonly part: 'main' | 'pre-job' | 'post-job';
  /** As the job counts it: a failure with continueOnError is SucceededWithIssues. */
  readonly result: StepResult;
  readonly milliseconds: number;
  /** Absent where the step did not run. */
  readonly run?: TaskRun;
}
