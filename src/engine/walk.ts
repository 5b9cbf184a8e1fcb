import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { Outcome } from './outcome.ts';
import { applyPlan } from './apply.ts';
import type { CheckResult } from './check.ts';
import type { RunMode } from './events.ts';
import type { Goal } from './goal.ts';
import type { Plan } from './plan.ts';
import { changeCount, prepare, refuseBlocked } from './plan.ts';
import type { SettleContext, Wait } from './settle.ts';
import { settle } from './settle.ts';

/** What a task wants of this run. Made by an operation; carried out by {@link walk}. */
export interface Intent {
  readonly mode: RunMode;
  readonly goals: readonly Goal[];
  /** Looked at one after the other once the plan is applied; none in preview. */
  readonly waits: readonly Wait[];
  /** Output variables known before anything is written. */
  readonly outputs: Outputs;
  /** The proof after all is settled (checks and the outputs that only it knows). */
  prove?(signal: AbortSignal): Promise<Proof>;
}

export type Outputs = Readonly<Record<string, string>>;

export interface Proof {
  readonly checks: readonly CheckResult[];
  readonly outputs: Outputs;
  /** Why the proof failed; thrown by the host once the outputs are published. */
  readonly failure?: Diagnostic;
}

export interface WalkResult {
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
  readonly checks: readonly CheckResult[];
  readonly outputs: Outputs;
  /** Writes done, or in preview: writes planned. */
  readonly changeCount: number;
  /** Of the proof: everything else that fails is thrown. */
  readonly failure?: Diagnostic;
}

/**
 * The one way through the house: goals -> plan -> apply -> settle -> checks. Throws a DiagnosticError where it cannot
 * go on; what was written until then stays, and the next run goes on from there.
 */
export async function walk(intent: Intent, context: SettleContext): Promise<WalkResult> {
  const { observer, signal } = context;
  const prepared = await prepare(intent.goals, signal);
  const { plan } = prepared;
  if (intent.goals.length > 0) observer({ type: 'planned', plan, mode: intent.mode });
  refuseBlocked(plan);
  const preview = intent.mode === 'preview';
  if (preview) return { plan, outcomes: [], checks: [], outputs: intent.outputs, changeCount: changeCount(plan) };

  const outcomes = await applyPlan(prepared, observer, signal);
  throwIfFailed(outcomes);
  for (const wait of intent.waits) await settle(wait, context);

  const proof: Proof = (await intent.prove?.(signal)) ?? { checks: [], outputs: {} };
  for (const check of proof.checks) observer({ type: 'checked', check });
  const done = outcomes.filter(({ result }) => result === 'done').length;
  const { checks, failure } = proof;
  const outputs = { ...intent.outputs, ...proof.outputs };
  return { plan, outcomes, checks, outputs, changeCount: done, ...(failure ? { failure } : {}) };
}

function throwIfFailed(outcomes: readonly Outcome[]): void {
  const failed = outcomes.flatMap((outcome) => (outcome.result === 'failed' ? [outcome] : []));
  const [first] = failed;
  if (first) {
    const others = new Set(failed.slice(1).map(({ diagnostic }) => diagnostic.message));
    others.delete(first.diagnostic.message);
    const message = [first.diagnostic.message, ...others].join('\n');
    throw DiagnosticError.of({ ...first.diagnostic, message });
  }
  if (outcomes.some(({ result }) => result === 'skipped')) {
    throw new DiagnosticError('RUN002', { message: 'The run was stopped before all changes were made.' });
  }
}
