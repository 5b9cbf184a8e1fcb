import { openConnection } from '../azure/open-connection.ts';
import { patienceOf } from '../azure/patience/patience.ts';
import { openSession } from '../azure/session.ts';
import type { ThrottleWait } from '../azure/throttle/throttle.ts';
import { throttleText } from '../azure/throttle/throttle.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { describeFailure } from '../diagnostics/failure.ts';
import type { RunEvent, RunObserver } from '../engine/events.ts';
import type { JobSlice } from '../engine/slice.ts';
import type { Outputs } from '../engine/walk.ts';
import type { InputSource } from '../inputs/input-reader.ts';
import { InputReader } from '../inputs/input-reader.ts';
import type { FleetInputs } from '../operations/shared/fleet-inputs.ts';
import type { CommonInputs, ForCluster, Operation } from '../operations/shared/operation.ts';
import type { Services } from '../operations/shared/services.ts';
import type { FleetProgress } from '../report/fleet-progress.ts';
import type { RunReport } from '../report/run-report.ts';
import { ReportBuilder } from '../report/run-report.ts';
import { summaryLine, summaryOf } from '../report/summary-line.ts';
import type { Log } from '../report/text-log.ts';
import { textLog } from '../report/text-log.ts';
import { budgetForEach, formatDuration, startBudget } from '../runtime/budget.ts';
import type { Clock } from '../runtime/clock.ts';
import type { EndpointReader, JobContext, Network } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import type { JunitKeeper } from './junit-keeper.ts';
import { junitKeeper } from './junit-keeper.ts';
import type { FileInput, PlanFileChoice } from './plan-file.ts';
import type { PlanKeeper } from './plan-keeper.ts';
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
  /** Shows on the run's page how far a long run is. */
  readonly progress: (percent: number, text: string) => void;
  /** Before work that goes on for long: memory is then worth more than a little time. */
  readonly saveMemory: () => Promise<void>;
  /** Which part of the work is this job's; undefined where no other job shares it. */
  readonly slice: () => JobSlice | undefined;
  /** The report of a run, whether it succeeded or not. */
  readonly publish: (report: RunReport) => void;
  /** Where the input `outputPlanFile`, or the one that is named, leads. */
  readonly planFile: (path: string, input?: FileInput) => PlanFileChoice;
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
  const record: RunRecord = { report, outputs };
  let failure: Diagnostic | undefined;
  try {
    const end = await goThrough(operation, host, record);
    const counted = operation.readOnly ? {} : { changeCount: String(end.changeCount) };
    publishOutputs({ ...counted, ...end.outputs }, outputs, host);
    if (end.failure) throw DiagnosticError.of(end.failure);
    log.line(summaryLine(end.summary, clock.now() - startedAt));
  } catch (error) {
    failure = describeFailure(error);
    if (error instanceof Error && failure.code === 'RUN001') log.line(error.stack ?? '');
  }
  const milliseconds = clock.now() - startedAt;
  const built = report.build({ task: operation.name, started, milliseconds, outputs, failure });
  host.publish(built);
  const unwritten = record.junit?.write(built);
  return failure ?? unwritten;
}

interface RunRecord {
  readonly report: ReportBuilder;
  readonly outputs: Record<string, string>;
  /** Once the inputs were read. */
  junit?: JunitKeeper;
}

interface RunEnd {
  readonly changeCount: number;
  readonly outputs: Outputs;
  /** What was counted, in words. */
  readonly summary: string;
  readonly failure?: Diagnostic | undefined;
}

async function goThrough<Inputs extends CommonInputs, Name extends string>(
  operation: Operation<Inputs, Name>,
  host: Host,
  record: RunRecord,
): Promise<RunEnd> {
  const reader = new InputReader<Name>(host.input);
  const inputs = operation.readInputs(reader);
  const plans = planKeeper(operation.name, inputs.outputPlanFile, host);
  if (plans.problem !== undefined) reader.problem('outputPlanFile' as Name, plans.problem);
  const junit = junitKeeper(inputs.junitFile, (text) => host.planFile(text, 'junitFile'));
  if (junit.problem !== undefined) reader.problem('junitFile' as Name, junit.problem);
  reader.failIfProblems();
  plans.begin();
  junit.begin();
  record.junit = junit;
  const log = textLog(host.log);
  const observer = (event: RunEvent): void => {
    record.report.observe(event);
    log(event);
    plans.observe(event);
  };
  const { fleet } = inputs;
  const { forCluster } = operation;
  if (fleet && forCluster)
    return goThroughFleet(operation, { inputs, fleet, forCluster, observer, plans }, { host, record });
  const services = await begunServices(inputs, { host, observer, told: () => '' });
  const [intentOf, { walk }] = await Promise.all([operation.load(), import('../engine/walk.ts')]);
  const intent = await intentOf(inputs, services);
  // Known before anything is written, so a later step has them even when this one fails half-way.
  publishOutputs(intent.outputs, record.outputs, host);
  const result = await walk(intent, services);
  return { ...result, summary: summaryOf(result) };
}

interface FleetParts<Inputs> {
  readonly inputs: Inputs;
  readonly fleet: FleetInputs;
  readonly forCluster: ForCluster<Inputs>;
  readonly observer: RunObserver;
  readonly plans: PlanKeeper;
}

/** Outputs of single clusters (ids, names) mean nothing for many: only the number of changes is set. */
async function goThroughFleet<Inputs extends CommonInputs>(
  operation: Pick<Operation<Inputs, string>, 'load'>,
  { inputs, fleet, forCluster, observer, plans }: FleetParts<Inputs>,
  { host, record }: { readonly host: Host; readonly record: RunRecord },
): Promise<RunEnd> {
  await host.saveMemory();
  let progress: FleetProgress | undefined;
  const told = (): string => (progress ? `${progress.text}, ` : '');
  const services = await begunServices(inputs, { host, observer, told });
  const [intentOf, { runFleet }] = await Promise.all([operation.load(), import('./run-fleet.ts')]);
  const { report, ...end } = await runFleet({
    intentOf,
    inputs,
    fleet,
    forCluster,
    services,
    host,
    onPlan: (event, cluster) => {
      plans.observeMember(event, cluster);
    },
    onProgress: (begun) => void (progress = begun),
  });
  record.report.addFleet(inputs.mode, report);
  return { ...end, outputs: {} };
}

interface ServiceParts {
  readonly host: Host;
  readonly observer: RunObserver;
  /** How far the run is, for the line that tells of a wait. */
  readonly told: () => string;
}

/** With the first token on its way: what the run needs after it is loaded meanwhile. */
async function begunServices(inputs: CommonInputs, parts: ServiceParts): Promise<Services> {
  const services = await makeServices(inputs, parts);
  await services.azure.begin();
  return services;
}

async function makeServices(inputs: CommonInputs, { host, observer, told }: ServiceParts): Promise<Services> {
  const { clock, mask, endpoints } = host;
  const network = host.network();
  const stop = stopSignals(host);
  // A fleet takes as long as Azure makes it take; no single request of it may wait longer than that.
  const budget = inputs.fleet ? budgetForEach(inputs.timeout) : startBudget(clock, inputs.timeout);
  const patience = patienceOf({ clock, budget, stop });
  const connection = await openConnection(endpoints, inputs.azureSubscription, { network, patience, mask });
  const onThrottled = (wait: ThrottleWait): void => {
    const pause = formatDuration(wait.milliseconds);
    observer({ type: 'note', text: `${throttleText(wait)}: ${told()}going on in ${pause}.` });
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
