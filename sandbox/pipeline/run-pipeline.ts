/** Runs a pipeline from top to bottom: stages, jobs, steps, each when its condition holds. */
import path from 'node:path';
import { mergeResults, type StepResult } from '../agent/index.ts';
import { holds } from './condition.ts';
import type { Condition, Pipeline, Stage } from './model.ts';
import type { JobRun, PipelineRun, PipelineRunOptions } from './pipeline-run.ts';
import { runJob } from './run-job.ts';

/** Failures are results. @throws only where the sandbox itself cannot go on. */
export async function runPipeline(pipeline: Pipeline, options: PipelineRunOptions): Promise<PipelineRun> {
  const jobs: JobRun[] = [];
  const results = new Map<string, StepResult>();
  for (const stage of pipeline.stages) {
    const reason = whyNot(stage, results, options);
    if (reason !== undefined) {
      results.set(stage.name, 'Skipped');
      options.observer?.skipped?.(stage.name, reason);
      continue;
    }
    options.observer?.stageStarted?.(stage);
    const ofStage = await runStageJobs(stage, options);
    jobs.push(...ofStage);
    results.set(stage.name, worst(ofStage.map(({ result }) => result)));
  }
  const ran = worst(jobs.map(({ result }) => result));
  return { jobs, result: options.cancel?.aborted ? mergeResults(ran, 'Canceled') : ran };
}

async function runStageJobs(stage: Stage, options: PipelineRunOptions): Promise<readonly JobRun[]> {
  const runs: JobRun[] = [];
  const results = new Map<string, StepResult>();
  for (const job of stage.jobs) {
    const reason = whyNot(job, results, options);
    if (reason !== undefined) {
      results.set(job.name, 'Skipped');
      options.observer?.skipped?.(job.name, reason);
      continue;
    }
    options.observer?.jobStarted?.(job);
    const workFolder = path.join(options.workFolder, `${stage.name}.${job.name}`);
    const run = await runJob(job, { ...options, workFolder, stageName: stage.name, jobName: job.name });
    runs.push({ stage: stage.name, job: job.name, ...run });
    results.set(job.name, run.result);
  }
  return runs;
}

interface Conditional {
  readonly condition: Condition;
  readonly dependsOn: readonly string[];
}

/** A skipped dependency counts as one that did not succeed, as in Azure Pipelines. */
function whyNot(
  { condition, dependsOn }: Conditional,
  results: ReadonlyMap<string, StepResult>,
  options: PipelineRunOptions,
): string | undefined {
  if (options.cancel?.aborted && condition !== 'always') return 'the run was cancelled';
  const before = dependsOn.map((name) => results.get(name) ?? 'Skipped');
  if (holds(condition, before.find((result) => result === 'Skipped') ?? worst(before))) return undefined;
  const said = dependsOn.map((name) => `${name}: ${results.get(name) ?? 'Skipped'}`).join(', ');
  return `its condition (${condition}) does not hold${said === '' ? '' : `; ${said}`}`;
}

function worst(results: readonly StepResult[]): StepResult {
  let result: StepResult = 'Succeeded';
  for (const coming of results) result = mergeResults(result, coming);
  return result;
}
