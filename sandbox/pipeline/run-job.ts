/** Runs the steps of one job: pre-jobs first, then the steps, then post-jobs in reverse (facts/azure-pipelines.md 1.6). */
import { performance } from 'node:perf_hooks';
import {
  expandValue,
  Job,
  type JobOptions,
  mergeResults,
  type RecordedStep,
  type RunOptions,
  runRecorded,
  runStage,
  type StepResult,
  type TaskRun,
  type TaskStep,
} from '../agent/index.ts';
import { holds } from './condition.ts';
import type { CheckoutStepModel, InBoxStepModel, PipelineJob, Step, TaskStepModel } from './model.ts';
import type { PipelineRunOptions, StepRun } from './pipeline-run.ts';
import { scriptStep } from './script-step.ts';

type JobRunOptions = PipelineRunOptions & Pick<JobOptions, 'stageName' | 'jobName'>;

export async function runJob(
  model: PipelineJob,
  options: JobRunOptions,
): Promise<{ result: StepResult; steps: readonly StepRun[] }> {
  const job = new Job({ ...options, variables: model.variables });
  const runner = new JobRunner(job, model, options);
  await job.start();
  try {
    await runner.run();
  } finally {
    await job.end();
  }
  return { result: job.result, steps: runner.runs };
}

class JobRunner {
  readonly runs: StepRun[] = [];
  readonly #job: Job;
  readonly #steps: readonly Step[];
  readonly #options: JobRunOptions;
  /** Kept as they are: Node may collect a time-out signal that only a combined signal knows of. */
  readonly #sources: readonly AbortSignal[];
  readonly #cancel: AbortSignal;

  constructor(job: Job, model: PipelineJob, options: JobRunOptions) {
    this.#job = job;
    this.#steps = model.steps.filter(({ enabled }) => enabled);
    this.#options = options;
    const minutes = model.timeoutInMinutes ?? 0;
    const timeout = minutes > 0 ? AbortSignal.timeout(minutes * 60_000) : undefined;
    this.#sources = [options.cancel, timeout].filter((signal) => signal !== undefined);
    this.#cancel = AbortSignal.any([...this.#sources]);
  }

  async run(): Promise<void> {
    for (const step of this.#steps) if (hasStage(step, 'prejobexecution')) await this.#runStep(step, 'pre-job');
    for (const step of this.#steps) await this.#runStep(step, 'main');
    for (const step of this.#steps.toReversed())
      if (hasStage(step, 'postjobexecution')) await this.#runStep(step, 'post-job');
  }

  async #runStep(written: Step, part: StepRun['part']): Promise<void> {
    const { observer } = this.#options;
    const { variables, masker } = this.#job;
    const isCancelled = this.#sources.some(({ aborted }) => aborted);
    if (isCancelled) this.#job.result = mergeResults(this.#job.result, 'Canceled');
    variables.set({ name: 'agent.jobstatus', value: this.#job.result });
    const step = { ...written, displayName: masker.mask(variables.expand(written.displayName)) };
    const condition = part === 'post-job' ? 'always' : step.condition;
    if (!holds(condition, this.#job.result)) {
      this.#end({ step, part, result: 'Skipped', milliseconds: 0 });
      return;
    }
    observer?.stepStarted?.(step, part);
    const started = performance.now();
    const run = await this.#work(step, part, {
      // What always runs is run to its end, even when the run is being cancelled.
      cancel: condition === 'always' && isCancelled ? undefined : this.#cancel,
      onLine: (line) => observer?.line?.(line),
    });
    const result = run.result === 'Failed' && step.continueOnError ? 'SucceededWithIssues' : run.result;
    this.#job.result = mergeResults(this.#job.result, result);
    this.#end({ step, part, result, milliseconds: performance.now() - started, run });
  }

  #end(run: StepRun): void {
    this.runs.push(run);
    this.#options.observer?.stepEnded?.(run);
  }

  async #work(step: Step, part: StepRun['part'], options: RunOptions): Promise<TaskRun> {
    switch (step.kind) {
      case 'task': {
        const stage = part === 'main' ? 'execution' : part === 'pre-job' ? 'prejobexecution' : 'postjobexecution';
        const run = await runStage(this.#job, agentStep(step), stage, options);
        return run ?? runRecorded(this.#job, nothingToDo(step), options);
      }
      case 'script':
        return runRecorded(this.#job, scriptStep(step), options);
      case 'checkout':
        return runRecorded(this.#job, checkoutStep(step), options);
      case 'inBox':
        return runRecorded(this.#job, inBoxStep(step), options);
    }
  }
}

function hasStage(step: Step, stage: 'prejobexecution' | 'postjobexecution'): boolean {
  return step.kind === 'task' && step.definition.handlers[stage] !== undefined;
}

function agentStep(step: TaskStepModel): TaskStep {
  const {
    definition,
    name,
    inputs,
    env,
    restrictions,
    timeoutInMinutes: timeoutMinutes,
    retryCountOnTaskFailure,
  } = step;
  return { definition, name, inputs, env, restrictions, timeoutMinutes, retryCountOnTaskFailure };
}

/** A task with pre- or post-job handlers only. */
function nothingToDo(step: TaskStepModel): RecordedStep {
  return withoutProcess(step, { Task: step.definition.friendlyName }, () => Promise.resolve());
}

function checkoutStep(step: CheckoutStepModel): RecordedStep {
  return withoutProcess(
    step,
    { Task: 'Get sources', Description: 'Stands for the checkout of Azure Pipelines' },
    (record) => {
      record.write(`Nothing is fetched: the sources are used where they are, ${record.job.folders.workingDirectory}`);
      return Promise.resolve();
    },
  );
}

function inBoxStep(step: InBoxStepModel): RecordedStep {
  const { task } = step;
  return withoutProcess(step, { Task: task.name, Description: task.summary }, async (record, stop) => {
    const { job } = record;
    const context = {
      variables: job.variables,
      hostEnvironment: job.hostEnvironment,
      defaultDirectory: job.folders.workingDirectory,
    };
    const inputs = Object.fromEntries(
      Object.entries(step.inputs).map(([name, value]) => [name, expandValue(value.trim(), context)]),
    );
    await task.run({ job, inputs, record, stop });
  });
}

function withoutProcess(
  { name, restrictions, timeoutInMinutes: timeoutMinutes, retryCountOnTaskFailure }: Step,
  header: RecordedStep['header'],
  work: (...parameters: Parameters<RecordedStep['attempt']>) => Promise<void>,
): RecordedStep {
  return {
    identity: {
      name,
      outputVariables: [],
      restrictions: restrictions ? [{ from: 'pipeline', rules: restrictions }] : [],
    },
    header,
    attempt: async (record, stop) => {
      await work(record, stop);
      return {};
    },
    timeoutMinutes,
    retryCountOnTaskFailure,
  };
}
