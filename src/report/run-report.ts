import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { CheckResult } from '../engine/check.ts';
import type { RunEvent, RunMode } from '../engine/events.ts';
import type { FleetRow } from '../engine/fleet.ts';
import type { Plan } from '../engine/plan.ts';
import type { PodRow } from '../engine/pods.ts';
import type { JobSlice } from '../engine/slice.ts';

/** What a run over many clusters adds: its plan and its outcomes are of no single cluster and stay empty. */
export interface FleetReport {
  /** Clusters that the input names, those of other jobs among them. */
  readonly total: number;
  /** Where several jobs share them. */
  readonly slice?: JobSlice;
  /** In the order of their ids. */
  readonly clusters: readonly FleetRow[];
}

/** The result of one run as data: what the attachment holds and what the page in the run will draw. */
export interface RunReport {
  readonly version: 1;
  /** As in task.json: `AksRoleGrants`. */
  readonly task: string;
  readonly mode: RunMode;
  /** ISO 8601 */
  readonly started: string;
  readonly milliseconds: number;
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
  readonly checks: readonly CheckResult[];
  /** Warnings first, the failure that ended the run last. */
  readonly diagnostics: readonly Diagnostic[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly fleet?: FleetReport;
  /** The pods that PodSecretCheck asked, by node and name. */
  readonly pods?: readonly PodRow[];
  readonly result: 'succeeded' | 'failed';
}

/** Collects a report from the events of a run, so that a run that failed half-way has one, too. */
export class ReportBuilder {
  #mode: RunMode = 'apply';
  #plan: Plan = { changes: [] };
  readonly #outcomes: Outcome[] = [];
  readonly #checks: CheckResult[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  #fleet: FleetReport | undefined;
  #pods: readonly PodRow[] | undefined;

  /** For a run over many clusters, whose events are kept by nobody. */
  addFleet(mode: RunMode, fleet: FleetReport): void {
    this.#mode = mode;
    this.#fleet = fleet;
  }

  observe(event: RunEvent): void {
    if (event.type === 'planned') {
      this.#plan = event.plan;
      this.#mode = event.mode;
    }
    if (event.type === 'outcome') this.#outcomes.push(event.outcome);
    if (event.type === 'checked') this.#checks.push(event.check);
    if (event.type === 'pods') this.#pods = event.rows;
    if (event.type === 'warning') this.#diagnostics.push(event.diagnostic);
  }

  build(run: {
    readonly task: string;
    readonly started: Date;
    readonly milliseconds: number;
    readonly outputs: Readonly<Record<string, string>>;
    readonly failure: Diagnostic | undefined;
  }): RunReport {
    return {
      version: 1,
      task: run.task,
      mode: this.#mode,
      started: run.started.toISOString(),
      milliseconds: Math.round(run.milliseconds),
      plan: this.#plan,
      outcomes: this.#outcomes,
      checks: this.#checks,
      diagnostics: run.failure ? [...this.#diagnostics, run.failure] : this.#diagnostics,
      outputs: run.outputs,
      ...(this.#fleet ? { fleet: this.#fleet } : {}),
      ...(this.#pods ? { pods: this.#pods } : {}),
      result: run.failure ? 'failed' : 'succeeded',
    };
  }
}
