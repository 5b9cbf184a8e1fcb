import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { Goal, Inspection } from './goal.ts';
import { inGroups } from './groups.ts';
import type { Difference, ResourceKey } from './resource.ts';

/** One line of a plan: a goal and what differs. */
export interface PlannedChange {
  readonly key: ResourceKey;
  readonly kind: string;
  readonly title: string;
  /** What the title says, in full and for programs. */
  readonly details?: Readonly<Record<string, string>>;
  readonly after: readonly ResourceKey[];
  readonly difference: Difference;
}

/** What a run is going to do: plain JSON, never edited after it was made. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
}

/** A plan together with the means to carry it out. */
export interface Prepared {
  readonly plan: Plan;
  readonly inspections: ReadonlyMap<ResourceKey, Inspection>;
}

/** Reads everything that the goals name and says what differs. Writes nothing. */
export async function prepare(goals: readonly Goal[], signal: AbortSignal): Promise<Prepared> {
  const inspections = new Map<ResourceKey, Inspection>();
  await inGroups(goals, 16, async (each) => {
    inspections.set(each.key, await each.inspect(signal));
  });
  const changes = goals.map(({ key, kind, title, details, after }) => {
    const difference = inspections.get(key)?.difference ?? { action: 'none' };
    return { key, kind, title, ...(details ? { details } : {}), after, difference };
  });
  return { plan: { changes }, inspections };
}

export function isWrite(change: PlannedChange): boolean {
  const { action } = change.difference;
  return action === 'create' || action === 'update' || action === 'delete';
}

export function changeCount(plan: Plan): number {
  return plan.changes.filter(isWrite).length;
}

/** Throws when the plan holds a change that cannot be made: nothing is written then. */
export function refuseBlocked(plan: Plan): void {
  const [first, ...others] = plan.changes.flatMap(({ difference }) =>
    difference.action === 'blocked' ? [difference.diagnostic] : [],
  );
  if (!first) return;
  const more = others.map(({ code, message }) => `[${code}] ${message}`);
  throw DiagnosticError.of({ ...first, message: [first.message, ...more].join('\n') });
}
