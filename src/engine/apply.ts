import { describeFailure } from '../diagnostics/failure.ts';
import type { RunObserver } from './events.ts';
import { inGroups } from './groups.ts';
import type { Outcome } from './outcome.ts';
import type { PlannedChange, Prepared } from './plan.ts';
import { isWrite } from './plan.ts';
import type { ResourceKey, WriteAction } from './resource.ts';

/** Writes that go out together; ARM and API servers take this many of one client without throttling it. */
const WRITES_AT_ONCE = 4;

const STOPPED = 'the run was stopped';

/**
 * Carries out a plan. Creates and updates go in order of what they need; deletes come last, in the opposite order, and
 * only when nothing failed. A failure skips what depends on it and nothing else.
 */
export async function applyPlan(
  prepared: Prepared,
  observer: RunObserver,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const run = new PlanRun(prepared, observer, signal);
  const { changes } = prepared.plan;
  const isDelete = ({ difference }: PlannedChange): boolean => difference.action === 'delete';
  await run.inWaves(
    changes.filter((change) => !isDelete(change)),
    ({ after }) => after,
  );
  const deletes = changes.filter(isDelete);
  const dependents = ({ key }: PlannedChange): ResourceKey[] =>
    deletes.filter(({ after }) => after.includes(key)).map((change) => change.key);
  await run.inWaves(deletes, dependents);
  return changes.map(({ key, title }) => run.outcomes.get(key) ?? { key, title, result: 'unchanged' });
}

class PlanRun {
  readonly outcomes = new Map<ResourceKey, Outcome>();
  readonly #prepared: Prepared;
  readonly #observer: RunObserver;
  readonly #signal: AbortSignal;

  constructor(prepared: Prepared, observer: RunObserver, signal: AbortSignal) {
    this.#prepared = prepared;
    this.#observer = observer;
    this.#signal = signal;
  }

  /** Repeats: take all whose needs have an outcome, do them side by side. */
  async inWaves(
    changes: readonly PlannedChange[],
    needs: (change: PlannedChange) => readonly ResourceKey[],
  ): Promise<void> {
    let open = [...changes];
    const isOpen = (key: ResourceKey): boolean => open.some((change) => change.key === key);
    while (open.length > 0) {
      const ready = open.filter((change) => !needs(change).some(isOpen));
      // A cycle of needs is a defect of an operation; going on in the given order is better than never ending.
      const wave = ready.length > 0 ? ready : open;
      await inGroups(wave, WRITES_AT_ONCE, (change) => this.#do(change, needs(change)));
      open = open.filter((change) => !wave.includes(change));
    }
  }

  async #do(change: PlannedChange, needs: readonly ResourceKey[]): Promise<void> {
    const outcome = await this.#outcomeOf(change, needs);
    this.outcomes.set(change.key, outcome);
    if (outcome.result !== 'unchanged') this.#observer({ type: 'outcome', change, outcome });
  }

  async #outcomeOf(change: PlannedChange, needs: readonly ResourceKey[]): Promise<Outcome> {
    const { key, title, difference } = change;
    if (!isWrite(change)) return { key, title, result: 'unchanged' };
    const because = this.#reasonToSkip(change, needs);
    if (because !== undefined) return { key, title, result: 'skipped', because };
    const action = difference.action as WriteAction;
    try {
      await this.#prepared.inspections.get(key)?.apply(action, this.#signal);
      return { key, title, result: 'done', action };
    } catch (error) {
      const diagnostic = describeFailure(error);
      // It was still waiting for its turn, so nothing was sent.
      if (diagnostic.code === 'RUN002') return { key, title, result: 'skipped', because: STOPPED };
      return { key, title, result: 'failed', action, diagnostic };
    }
  }

  #reasonToSkip(change: PlannedChange, needs: readonly ResourceKey[]): string | undefined {
    if (this.#signal.aborted) return STOPPED;
    const bad = (outcome: Outcome | undefined): boolean =>
      outcome?.result === 'failed' || outcome?.result === 'skipped';
    const broken = needs.map((key) => this.outcomes.get(key)).find(bad);
    if (broken) return `${broken.title} is missing`;
    const failed = [...this.outcomes.values()].find(({ result }) => result === 'failed');
    if (change.difference.action === 'delete' && failed)
      return `${failed.title} failed, and nothing is deleted after a failure`;
    return undefined;
  }
}
