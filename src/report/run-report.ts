import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { CheckResult } from '../engine/check.ts';
import type { RunEvent, RunMode } from '../engine/events.ts';
import type { Plan } from '../engine/plan.ts';

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
  readonly result: 'succeeded' | 'failed';
}

/** Collects a report from the events of a run, so that a run that failed half-way has one, too. */
export class ReportBuilder {
  #mode: RunMode = 'apply';
  #plan: Plan = { changes: [] };
  readonly #outcomes: Outcome[] = [];
  readonly #checks: CheckResult[] = [];
  readonly #diagnostics: Diagnostic[] = [];

  observe(event: RunEvent): void {
    if (event.type === 'planned') {
      this.#plan = event.plan;
      this.#mode = event.mode;
    }
    if (event.type === 'outcome') this.#outcomes.push(event.outcome);
    if (event.type === 'checked') this.#checks.push(event.check);
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
      result: run.failure ? 'failed' : 'succeeded',
    };
  }
}
