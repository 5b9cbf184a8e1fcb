/** The environment of a task's process, in the agent's order (facts/azure-pipelines.md 1.1). */
import path from 'node:path';
import type { Job } from './job.ts';
import { type AgentVariable, environmentName } from './variables.ts';

export interface EnvironmentParts {
  /** The step's `env:`, expanded. Job variables of the same name win over it. */
  readonly stepEnvironment: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string>>;
  /** Ids of the connections that the inputs name; the job's own is always added. */
  readonly endpointIds: readonly string[];
  readonly taskVariables: Iterable<AgentVariable>;
  /** Marks the process and all its children. */
  readonly lookUpId: string;
}

/** What the agent adds to its own environment for one process. */
export function taskEnvironment(job: Job, parts: EnvironmentParts): Record<string, string> {
  const environment: Record<string, string> = { ...parts.stepEnvironment };
  addVariables(environment, job);
  for (const [name, value] of Object.entries(parts.inputs)) environment[`INPUT_${environmentName(name)}`] = value;
  for (const id of [...parts.endpointIds, 'systemvssconnection']) Object.assign(environment, job.endpoints.get(id));
  for (const { name, value, preserveCase } of parts.taskVariables) {
    environment[`VSTS_TASKVARIABLE_${environmentName(name, preserveCase)}`] = value;
  }
  environment['TF_BUILD'] = 'True';
  environment['VSTS_PROCESS_LOOKUP_ID'] = parts.lookUpId;
  addPath(environment, job);
  return environment;
}

function addVariables(environment: Record<string, string>, job: Job): void {
  const publicNames: string[] = [];
  const secretNames: string[] = [];
  for (const { name, value, secret, preserveCase } of job.variables.all()) {
    const formatted = environmentName(name, preserveCase);
    // The agent gives this one in both spellings.
    if (name.toLowerCase() === 'agent.jobstatus') environment[name] = value;
    environment[secret ? `SECRET_${formatted}` : formatted] = value;
    (secret ? secretNames : publicNames).push(name);
  }
  environment['VSTS_PUBLIC_VARIABLES'] = JSON.stringify(publicNames);
  environment['VSTS_SECRET_VARIABLES'] = JSON.stringify(secretNames);
}

function addPath(environment: Record<string, string>, job: Job): void {
  if (job.prependedPaths.length === 0) return;
  const original = job.variables.get('PATH')?.value ?? environment['PATH'] ?? job.hostEnvironment['PATH'] ?? '';
  environment['PATH'] = [...job.prependedPaths, original].filter((part) => part !== '').join(path.delimiter);
}
