import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readConnection } from '../azure/connection.ts';
import { openSession } from '../azure/session.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { describeFailure } from '../diagnostics/failure.ts';
import type { RunEvent } from '../engine/events.ts';
import type { WalkResult } from '../engine/walk.ts';
import { walk } from '../engine/walk.ts';
import { InputReader } from '../inputs/input-reader.ts';
import type { CommonInputs, Operation } from '../operations/shared/operation.ts';
import type { Services } from '../operations/shared/services.ts';
import { diagnosticText } from '../report/diagnostic-text.ts';
import { ReportBuilder } from '../report/run-report.ts';
import { summaryLine } from '../report/summary-line.ts';
import { textLog } from '../report/text-log.ts';
import { startBudget } from '../runtime/budget.ts';
import { systemClock } from '../runtime/clock.ts';
import * as agent from './agent.ts';

/** Attachment type that the results page will look for. */
const REPORT_TYPE = 'keyless-pods.run-report';

/** Runs one task from its first input to its result. The only try/catch of the product that ends in a task result. */
export async function runTask<Inputs extends CommonInputs, Name extends string>(
  operation: Operation<Inputs, Name>,
): Promise<void> {
  const clock = systemClock;
  const [started, startedAt] = [clock.date(), clock.now()];
  const report = new ReportBuilder();
  const outputs: Record<string, string> = {};
  let failure: Diagnostic | undefined;
  try {
    const result = await walkThrough(operation, report, outputs);
    const counted = operation.readOnly ? {} : { changeCount: String(result.changeCount) };
    publishOutputs({ ...counted, ...result.outputs }, outputs);
    if (result.failure) throw DiagnosticError.of(result.failure);
    agent.agentLog.line(summaryLine(result, clock.now() - startedAt));
  } catch (error) {
    failure = describeFailure(error);
    if (error instanceof Error && failure.code === 'RUN001') agent.agentLog.line(error.stack ?? '');
  }
  publishReport(
    operation.name,
    report.build({ task: operation.name, started, milliseconds: clock.now() - startedAt, outputs, failure }),
  );
  if (failure) agent.fail(diagnosticText(failure));
  else agent.succeed(`${operation.name} succeeded.`);
}

async function walkThrough<Inputs extends CommonInputs, Name extends string>(
  operation: Operation<Inputs, Name>,
  report: ReportBuilder,
  outputs: Record<string, string>,
): Promise<WalkResult> {
  const reader = new InputReader<Name>(agent.agentInput);
  const inputs = operation.readInputs(reader);
  reader.failIfProblems();
  const log = textLog(agent.agentLog);
  const observer = (event: RunEvent): void => {
    report.observe(event);
    log(event);
  };
  const services = makeServices(inputs, observer);
  const intent = await operation.intent(inputs, services);
  // Known before anything is written, so a later step has them even when this one fails half-way.
  publishOutputs(intent.outputs, outputs);
  return walk(intent, services);
}

function makeServices(inputs: CommonInputs, observer: (event: RunEvent) => void): Services {
  const network = agent.agentNetwork();
  const mask = agent.agentMask;
  const clock = systemClock;
  const connection = readConnection(agent.agentEndpoints, inputs.azureSubscription, mask);
  return {
    azure: openSession(connection, { network, job: agent.agentJob(), clock, mask }),
    endpoints: agent.agentEndpoints,
    network,
    mask,
    observer,
    clock,
    budget: startBudget(clock, inputs.timeout),
    signal: stopSignal(),
  };
}

/** Aborts when the agent asks to stop: the write under way is finished, nothing new is begun. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  agent.onStop((signal) => {
    agent.agentLog.line(`${signal} received: finishing what is under way, then stopping.`);
    controller.abort(Object.assign(new Error('The run was stopped.'), { name: 'AbortError' }));
  });
  return controller.signal;
}

function publishOutputs(values: Readonly<Record<string, string>>, published: Record<string, string>): void {
  for (const [name, value] of Object.entries(values)) {
    if (published[name] === value) continue;
    published[name] = value;
    agent.setOutput(name, value);
  }
}

/** One attachment and nothing else that a step's `target: {commands: restricted}` forbids: there it is a warning, not a failure. */
function publishReport(task: string, report: object): void {
  const file = path.join(agent.temporaryDirectory(), `${task}-${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(report, undefined, 2));
  agent.attach(REPORT_TYPE, path.basename(file, '.json'), file);
}
