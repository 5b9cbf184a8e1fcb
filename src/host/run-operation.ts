import { openConnection } from '../azure/open-connection.ts';
import { patienceOf } from '../azure/patience/patience.ts';
import { openSession } from '../azure/session.ts';
import type { ThrottleWait } from '../azure/throttle/throttle.ts';
import { throttleText } from '../azure/throttle/throttle.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { describeFailure } from '../diagnostics/failure.ts';
import type { RunEvent } from '../engine/events.ts';
import type { WalkResult } from '../engine/walk.ts';
import { walk } from '../engine/walk.ts';
import type { InputSource } from '../inputs/input-reader.ts';
import { InputReader } from '../inputs/input-reader.ts';
import type { CommonInputs, Operation } from '../operations/shared/operation.ts';
import type { Services } from '../operations/shared/services.ts';
import type { RunReport } from '../report/run-report.ts';
import { ReportBuilder } from '../report/run-report.ts';
import { summaryLine } from '../report/summary-line.ts';
import type { Log } from '../report/text-log.ts';
import { textLog } from '../report/text-log.ts';
import { formatDuration, startBudget } from '../runtime/budget.ts';
import type { Clock } from '../runtime/clock.ts';
import type { EndpointReader, JobContext, Network } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import type { PlanFileChoice } from './plan-file.ts';
import { planKeeper } from './plan-keeper.ts';
import { stopSignals } from './stop-signals.ts';

/** Everything that a run needs from the outside; the agent's is in `run-task.ts`, a test brings its own. */
export interface Host {
  readonly input: InputSource;
  readonly endpoints: EndpointReader;
  /** Asked once the inputs are known to be good. */
  readonly network: () => Network;
  readonly job: () => JobContext;
  readonly clock: Clock;
  readonly mask: Mask;
  readonly log: Log;
  readonly setOutput: (name: string, value: string) => void;
  /** The report of a run, whether it succeeded or not. */
  readonly publish: (report: RunReport) => void;
  /** Where the input `outputPlanFile` leads. */
  readonly planFile: (path: string) => PlanFileChoice;
  /** Registers what is to happen when somebody wants the run to stop. */
  readonly onStop: (stop: (signal: string) => void) => void;
}

/**
 * Runs one task from its first input to its report. Never throws: gives what ended the run, undefined where it
 * succeeded. The only try/catch of the product that ends in the result of a task.
 */
export async function runOperation<Inputs extends CommonInputs, Name extends string>(
  operation: Operation<Inputs, Name>,
  host: Host,
): Promise<Diagnostic | undefined> {
  const { clock, log } = host;
  const [started, startedAt] = [clock.date(), clock.now()];
  const report = new ReportBuilder();
  const outputs: Record<string, string> = {};
  let failure: Diagnostic | undefined;
  try {
    const result = await walkThrough(operation, host, { report, outputs });
    const counted = operation.readOnly ? {} : { changeCount: String(result.changeCount) };
    publishOutputs({ ...counted, ...result.outputs }, outputs, host);
    if (result.failure) throw DiagnosticError.of(result.failure);
    log.line(summaryLine(result, clock.now() - startedAt));
  } catch (error) {
    failure = describeFailure(error);
    if (error instanceof Error && failure.code === 'RUN001') log.line(error.stack ?? '');
  }
  const milliseconds = clock.now() - startedAt;
  host.publish(report.build({ task: operation.name, started, milliseconds, outputs, failure }));
  return failure;
}

interface RunRecord {
  readonly report: ReportBuilder;
  readonly outputs: Record<string, string>;
}

async function walkThrough<Inputs extends CommonInputs, Name extends string>(
  operation: Operation<Inputs, Name>,
  host: Host,
  { report, outputs }: RunRecord,
): Promise<WalkResult> {
  const reader = new InputReader<Name>(host.input);
  const inputs = operation.readInputs(reader);
  const plans = planKeeper(operation.name, inputs.outputPlanFile, host);
  if (plans.problem !== undefined) reader.problem('outputPlanFile' as Name, plans.problem);
  reader.failIfProblems();
  plans.begin();
  const log = textLog(host.log);
  const observer = (event: RunEvent): void => {
    report.observe(event);
    log(event);
    plans.observe(event);
  };
  const services = await makeServices(inputs, observer, host);
  await services.azure.begin();
  await operation.preload?.();
  const intent = await operation.intent(inputs, services);
  // Known before anything is written, so a later step has them even when this one fails half-way.
  publishOutputs(intent.outputs, outputs, host);
  return walk(intent, services);
}

async function makeServices(inputs: CommonInputs, observer: (event: RunEvent) => void, host: Host): Promise<Services> {
  const { clock, mask, endpoints } = host;
  const network = host.network();
  const stop = stopSignals(host);
  const budget = startBudget(clock, inputs.timeout);
  const patience = patienceOf({ clock, budget, stop });
  const connection = await openConnection(endpoints, inputs.azureSubscription, { network, patience, mask });
  const onThrottled = (wait: ThrottleWait): void => {
    observer({ type: 'note', text: `${throttleText(wait)}: going on in ${formatDuration(wait.milliseconds)}.` });
  };
  return {
    azure: openSession(connection, { network, job: host.job(), mask, patience, onThrottled }),
    endpoints,
    network,
    mask,
    observer,
    clock,
    budget,
    signal: stop.requested,
  };
}

function publishOutputs(
  values: Readonly<Record<string, string>>,
  published: Record<string, string>,
  { setOutput }: Host,
): void {
  for (const [name, value] of Object.entries(values)) {
    if (published[name] === value) continue;
    published[name] = value;
    setOutput(name, value);
  }
}
