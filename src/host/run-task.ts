import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CommonInputs, Operation } from '../operations/shared/operation.ts';
import { diagnosticText } from '../report/diagnostic-text.ts';
import { podMarkdown } from '../report/pod-markdown.ts';
import type { RunReport } from '../report/run-report.ts';
import { systemClock } from '../runtime/clock.ts';
import * as agent from './agent.ts';
import { choosePlanFile } from './plan-file.ts';
import type { Host } from './run-operation.ts';
import { runOperation } from './run-operation.ts';
import { keepHeapSmall } from './small-heap.ts';

/** Attachment type that the results page will look for. */
const REPORT_TYPE = 'keyless-pods.run-report';

const agentHost: Host = {
  input: agent.agentInput,
  endpoints: agent.agentEndpoints,
  network: agent.agentNetwork,
  job: agent.agentJob,
  clock: systemClock,
  mask: agent.agentMask,
  log: agent.agentLog,
  setOutput: agent.setOutput,
  progress: agent.setProgress,
  saveMemory: keepHeapSmall,
  slice: agent.jobSlice,
  publish: attachReport,
  planFile: (text, input) => choosePlanFile(text, agent.workingDirectory(), input),
  onStop: agent.onStop,
};

/** Runs one task as a step of a pipeline; ends in its one result. */
export async function runTask<Inputs extends CommonInputs, Name extends string>(
  operation: Operation<Inputs, Name>,
): Promise<void> {
  const failure = await runOperation(operation, agentHost);
  if (failure) agent.fail(diagnosticText(failure));
  else agent.succeed(`${operation.name} succeeded.`);
}

/**
 * One attachment, a summary where pods were asked, and nothing else that a step's `target: {commands: restricted}`
 * forbids: there each is a warning, not a failure.
 */
function attachReport(report: RunReport): void {
  const file = path.join(agent.temporaryDirectory(), `${report.task}-${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(report, undefined, 2));
  agent.attach(REPORT_TYPE, path.basename(file, '.json'), file);
  if (report.pods) agent.showSummary(writtenSummary(report.task, podMarkdown(report.pods)));
}

/** The page of the run shows the name of the file as its title. */
function writtenSummary(task: string, text: string): string {
  const folder = path.join(agent.temporaryDirectory(), `${task}-${randomUUID()}`);
  mkdirSync(folder);
  const file = path.join(folder, `${task}.md`);
  writeFileSync(file, text);
  return file;
}
