import type { FleetMember } from '../azure/fleet/members.ts';
import { findMembers } from '../azure/fleet/members.ts';
import { inSubscription } from '../azure/session.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { diagnostic } from '../diagnostics/diagnostic.ts';
import { describeFailure } from '../diagnostics/failure.ts';
import type { RunEvent } from '../engine/events.ts';
import type { FleetRow } from '../engine/fleet.ts';
import { Turns, walkFleet } from '../engine/fleet.ts';
import type { JobSlice } from '../engine/slice.ts';
import { sliceOf } from '../engine/slice.ts';
import type { WalkResult } from '../engine/walk.ts';
import { walk } from '../engine/walk.ts';
import type { FleetInputs } from '../operations/shared/fleet-inputs.ts';
import type { CommonInputs, ForCluster, IntentOf } from '../operations/shared/operation.ts';
import type { Services } from '../operations/shared/services.ts';
import { FleetLog } from '../report/fleet-log.ts';
import { FleetProgress } from '../report/fleet-progress.ts';
import { fleetSummary, fleetTable } from '../report/fleet-table.ts';
import type { FleetReport } from '../report/run-report.ts';
import { startBudget } from '../runtime/budget.ts';
import { count } from '../runtime/text.ts';
import { fleetFailure } from './fleet-failure.ts';
import type { Host } from './run-operation.ts';

/** Clusters at the same time: enough that Azure and not the way there decides how fast it goes. */
const CLUSTERS_AT_ONCE = 16;

export interface FleetRun<Inputs extends CommonInputs> {
  readonly intentOf: IntentOf<Inputs>;
  readonly inputs: Inputs;
  readonly fleet: FleetInputs;
  readonly forCluster: ForCluster<Inputs>;
  readonly services: Services;
  readonly host: Pick<Host, 'log' | 'progress' | 'slice'>;
  /** Sees the plan of each cluster before anything of it is carried out. */
  readonly onPlan: (event: RunEvent, cluster: string) => void;
  /** Told of the progress once it is known how many clusters there are. */
  readonly onProgress: (progress: FleetProgress) => void;
}

export interface FleetEnd {
  readonly changeCount: number;
  readonly report: FleetReport;
  /** In words, for the last line. */
  readonly summary: string;
  readonly failure: Diagnostic | undefined;
}

/**
 * One task over many clusters: each is planned right before it is changed, and goes the way that a run for it alone would
 * go. Of each one line is kept. @throws DiagnosticError where the clusters cannot be found
 */
export async function runFleet<Inputs extends CommonInputs>(run: FleetRun<Inputs>): Promise<FleetEnd> {
  const { fleet, services, host } = run;
  const all = await findMembers(services.azure, fleet.lines, (query) => {
    const message = `The query "${query.split('\n')[0] ?? ''}" names no cluster.`;
    services.observer({ type: 'warning', diagnostic: diagnostic('FLT002', { message, ...NOTHING_FOUND }) });
  });
  const slice = host.slice();
  const members = sliceOf(all, slice);
  host.log.line(headline(all.length, members.length, slice));
  const rows = await walkMembers(run, members);
  for (const line of rows.length === 0 ? [] : fleetTable(rows)) host.log.line(line);
  const changeCount = changesOf(rows);
  const report = { total: all.length, ...(slice ? { slice } : {}), clusters: rows };
  return { changeCount, report, summary: fleetSummary(rows), failure: fleetFailure(rows, services.signal.aborted) };
}

const NOTHING_FOUND = {
  cause: 'No cluster that the service connection may read fits the query. Azure Resource Graph follows changes late.',
  fix: 'Try the query in the portal (Resource Graph Explorer), and see whether the service connection may read the clusters.',
};

function headline(total: number, own: number, slice: JobSlice | undefined): string {
  if (!slice) return `Fleet of ${count(total, 'cluster')}.`;
  return `Fleet of ${count(total, 'cluster')}; job ${String(slice.position)} of ${String(slice.total)} takes ${String(own)}.`;
}

async function walkMembers<Inputs extends CommonInputs>(
  run: FleetRun<Inputs>,
  members: readonly FleetMember[],
): Promise<readonly FleetRow[]> {
  const { services, host, inputs, fleet } = run;
  const progress = new FleetProgress(services.clock, members.length);
  run.onProgress(progress);
  const log = new FleetLog(host.log, inputs.mode);
  const turns = new Turns();
  const rows = await walkFleet({
    items: members,
    atOnce: CLUSTERS_AT_ONCE,
    failFast: fleet.failFast,
    signal: services.signal,
    work: (member) => walkMember(run, member, { log, turns }),
    notStarted: (member) => ({ ...named(member, services), changes: 0, unchanged: 0, result: 'notStarted' }),
    onRow: (row) => {
      const before = progress.percent;
      const line = progress.add(row);
      if (line !== undefined) host.log.line(line);
      if (progress.percent !== before) host.progress(progress.percent, progress.text);
    },
  });
  for (const warning of log.warnings()) services.observer({ type: 'warning', diagnostic: warning });
  return rows;
}

interface Shared {
  readonly log: FleetLog;
  readonly turns: Turns;
}

async function walkMember<Inputs extends CommonInputs>(
  { intentOf, forCluster, inputs, services, onPlan }: FleetRun<Inputs>,
  member: FleetMember,
  { log, turns }: Shared,
): Promise<FleetRow> {
  const its = log.member();
  const tally = { changes: 0, unchanged: 0 };
  const own: Services = {
    ...services,
    azure: inSubscription(services.azure, member.subscriptionId),
    budget: startBudget(services.clock, inputs.timeout),
    observer: (event) => {
      // What was made before a failure counts, too.
      if (event.type === 'outcome' && event.outcome.result === 'done') tally.changes += 1;
      if (event.type === 'planned')
        tally.unchanged = event.plan.changes.filter(({ difference }) => difference.action === 'none').length;
      onPlan(event, member.resourceId);
      its.observer(event);
    },
  };
  try {
    const intent = await intentOf(forCluster(inputs, member.name), own);
    const keys = intent.goals.map(({ key }) => key);
    const { changeCount, failure }: WalkResult = await turns.take(keys, () => walk(intent, own));
    tally.changes = changeCount;
    return ended(named(member, services), tally, { its, failure });
  } catch (error) {
    return ended(named(member, services), tally, { its, failure: describeFailure(error) });
  }
}

function ended(
  name: Pick<FleetRow, 'cluster' | 'resourceId'>,
  tally: Pick<FleetRow, 'changes' | 'unchanged'>,
  { its, failure }: { readonly its: ReturnType<FleetLog['member']>; readonly failure: Diagnostic | undefined },
): FleetRow {
  const row = rowOf({ ...name, ...tally }, failure);
  its.end(row, row.result === 'failed' ? failure : undefined);
  return row;
}

function rowOf(
  told: Pick<FleetRow, 'cluster' | 'resourceId' | 'changes' | 'unchanged'>,
  failure: Diagnostic | undefined,
): FleetRow {
  if (!failure) return { ...told, result: 'done' };
  if (failure.code === 'RUN002') return { ...told, result: 'stopped' };
  return { ...told, result: 'failed', code: failure.code, message: failure.message };
}

function named(
  { resourceId, subscriptionId, name }: FleetMember,
  { azure }: Services,
): Pick<FleetRow, 'cluster' | 'resourceId'> {
  const short = `${name.resourceGroup}/${name.clusterName}`;
  const isHome = subscriptionId.toLowerCase() === azure.subscriptionId.toLowerCase();
  return { resourceId, cluster: isHome ? short : `${subscriptionId}/${short}` };
}

function changesOf(rows: readonly FleetRow[]): number {
  let sum = 0;
  for (const { changes } of rows) sum += changes;
  return sum;
}
