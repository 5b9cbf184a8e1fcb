import type { RunMode } from '../engine/events.ts';
import type { Plan, PlannedChange } from '../engine/plan.ts';
import { changeCount } from '../engine/plan.ts';
import type { FieldChange } from '../engine/resource.ts';

/**
 * The plan of a run as the file `outputPlanFile` holds it: for an approval, an audit, a policy check. The form is
 * described in docs/plan-file.md; whoever changes it raises the version.
 */
export interface PlanDocument {
  readonly version: 1;
  /** As in task.json: `AksRoleGrants`. */
  readonly task: string;
  /** Of the step: a plan of `apply` or `remove` was written before the first write. */
  readonly action: RunMode;
  /** ISO 8601 */
  readonly created: string;
  readonly changeCount: number;
  /** Where it is not 0, nothing at all is changed by a run with this plan. */
  readonly blockedCount: number;
  readonly changes: readonly PlanDocumentChange[];
  /** Resource id; in the plan of a fleet, which has such a document for each cluster. */
  readonly cluster?: string;
}

export interface PlanDocumentChange {
  readonly difference: PlannedChange['difference']['action'];
  readonly kind: string;
  readonly title: string;
  /** Ids in full: scope, role, principal, vault. */
  readonly details: Readonly<Record<string, string>>;
  readonly note?: string;
  /** Of an update. */
  readonly fields?: readonly FieldChange[];
  /** Why it is blocked: a code of docs/troubleshooting.md. */
  readonly code?: string;
  readonly message?: string;
}

export function planDocument(
  plan: Plan,
  run: { readonly task: string; readonly action: RunMode; readonly created: Date },
): PlanDocument {
  return {
    version: 1,
    task: run.task,
    action: run.action,
    created: run.created.toISOString(),
    changeCount: changeCount(plan),
    blockedCount: plan.changes.filter(({ difference }) => difference.action === 'blocked').length,
    changes: plan.changes.map(documentChange),
  };
}

function documentChange({ kind, title, details = {}, difference }: PlannedChange): PlanDocumentChange {
  const same = { difference: difference.action, kind, title, details };
  if (difference.action === 'blocked') {
    const { code, message } = difference.diagnostic;
    return { ...same, code, message };
  }
  const { note } = difference;
  return {
    ...same,
    ...(note === undefined ? {} : { note }),
    ...(difference.action === 'update' ? { fields: difference.fields } : {}),
  };
}
