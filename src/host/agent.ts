import { Writable } from 'node:stream';
// Before task-lib, which tells what it finds.
import './early-output.ts';
import './agent-secrets.ts';
import tl from 'azure-pipelines-task-lib/task.js';
import type { JobSlice } from '../engine/slice.ts';
import type { EndpointReader, JobContext, JobPlace, Network } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import { Secret } from '../runtime/secret.ts';
import type { Log } from '../report/text-log.ts';
import { agentNetwork as readAgentNetwork } from './agent-network.ts';
import { readSlice } from './job-slice.ts';

/** The Azure Pipelines agent as the product sees it. The only place that knows task-lib. */

/** Everything is filtered: any text may come from Azure, Kubernetes or a repository, and the agent obeys `##vso[` anywhere in a line. */
const external = { source: 'remote' } as const;

export const agentLog: Log = {
  line: (text) => {
    tl.writeExternalOutput(`${text}\n`, external);
  },
  warning: (text) => {
    tl.warningExternalOutput(text, { ...external, issueSource: tl.IssueSource.TaskInternal });
  },
};

export const agentMask: Mask = (value) => {
  tl.setSecret(value);
};

export function agentInput(name: string): string | undefined {
  return tl.getInput(name, false);
}

const nowhere = new Writable({
  write: (_chunk, _encoding, done) => {
    done();
  },
});

/** task-lib writes every value that it reads to its debug output, secrets included; an agent masks them there, nobody else does. */
function quietly<Value>(read: () => Value): Value {
  tl.setStdStream(nowhere);
  try {
    return read();
  } finally {
    tl.setStdStream(process.stdout);
  }
}

export const agentEndpoints: EndpointReader = {
  url: (id) => tl.getEndpointUrl(id, true),
  scheme: (id) => tl.getEndpointAuthorizationScheme(id, true),
  authorization: (id, key) => quietly(() => tl.getEndpointAuthorizationParameter(id, key, true)),
  data: (id, key) => tl.getEndpointDataParameter(id, key, true),
};

/** @throws DiagnosticError CON008 */
export function agentNetwork(): Network {
  return readAgentNetwork(agentMask, (text) => {
    agentLog.warning(text);
  });
}

export function agentJob(): JobContext {
  const accessToken = agentEndpoints.authorization('SYSTEMVSSCONNECTION', 'AccessToken');
  return {
    oidcRequestUri: tl.getVariable('System.OidcRequestUri'),
    place: jobPlace(),
    accessToken: accessToken ? Secret.register(accessToken, agentMask) : undefined,
  };
}

function jobPlace(): JobPlace | undefined {
  const collectionUri = tl.getVariable('System.CollectionUri') ?? tl.getVariable('System.TeamFoundationCollectionUri');
  const projectId = tl.getVariable('System.TeamProjectId');
  const hostType = tl.getVariable('System.HostType');
  const planId = tl.getVariable('System.PlanId');
  const jobId = tl.getVariable('System.JobId');
  if (!collectionUri || !projectId || !hostType || !planId || !jobId) return undefined;
  return { collectionUri, projectId, hostType, planId, jobId };
}

/** @see readSlice */
export function jobSlice(): JobSlice | undefined {
  return readSlice({
    type: tl.getVariable('System.ParallelExecutionType'),
    position: tl.getVariable('System.JobPositionInPhase'),
    total: tl.getVariable('System.TotalJobsInPhase'),
  });
}

/** The text is ours: the agent shows it beside the step. */
export function setProgress(percent: number, text: string): void {
  tl.setProgress(percent, text);
}

export function setOutput(name: string, value: string): void {
  tl.setVariable(name, value, false, true);
}

/** Where relative paths of inputs begin: the sources of a build, the artifacts of a classic release. */
export function workingDirectory(): string {
  return tl.getVariable('System.DefaultWorkingDirectory') ?? process.cwd();
}

export function temporaryDirectory(): string {
  return tl.getVariable('Agent.TempDirectory') ?? process.cwd();
}

/** The file must stay until the agent has uploaded it, a moment after the task ended. */
export function attach(type: string, name: string, file: string): void {
  tl.addAttachment(type, name, file);
}

/** Markdown on the page of the run; the file must stay, too. */
export function showSummary(file: string): void {
  tl.uploadSummary(file);
}

export function succeed(message: string): void {
  tl.setResult(tl.TaskResult.Succeeded, message);
}

export function fail(message: string): void {
  tl.setResult(tl.TaskResult.Failed, message);
}

/** Calls back once when the agent asks the task to stop: SIGINT first, SIGTERM 7.5 s later, then it kills. */
export function onStop(stop: (signal: string) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop(signal);
    });
  }
}
