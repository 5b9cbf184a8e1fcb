/** The sandbox's pipeline runner: Azure Pipelines YAML, as far as README.md says. */
import type { TaskDefinition } from '../agent/index.ts';
import type { Catalogue, Connection } from './catalogue.ts';
import { kubernetesManifest } from './kubernetes-manifest/task.ts';

export { jobOptionsBehindProxy, jobOptionsDirect } from './behind-proxy.ts';
export type { Catalogue, Connection } from './catalogue.ts';
export type { Pipeline, Step } from './model.ts';
export { PipelineError } from './problems.ts';
export { readPipeline } from './read-pipeline.ts';
export type { PipelineObserver, PipelineRun, PipelineRunOptions, StepRun } from './pipeline-run.ts';
export { runPipeline } from './run-pipeline.ts';

/** What a pipeline may name: the given tasks and connections, and the sandbox's own stand-ins. */
export function catalogueOf(tasks: readonly TaskDefinition[], connections: readonly Connection[]): Catalogue {
  return { tasks, connections, inBoxTasks: [kubernetesManifest] };
}
