import type { RunEvent } from '../engine/events.ts';
import type { PlanDocument } from '../report/plan-document.ts';
import { planDocument } from '../report/plan-document.ts';
import type { Clock } from '../runtime/clock.ts';
import type { PlanFileChoice } from './plan-file.ts';

/** Keeps the plan of a run in the file of the input `outputPlanFile`; does nothing where the input is empty. */
export interface PlanKeeper {
  /** What is wrong with the path, as the text of an input problem. */
  readonly problem?: string;
  /** Before the first request. */
  begin(): void;
  /** Sees the plan before anything of it is carried out. @throws DiagnosticError INP001 where it cannot be written */
  observe(event: RunEvent): void;
  /** Instead, where the run is for many clusters: one line of JSON for each, below those that are there. */
  observeMember(event: RunEvent, cluster: string): void;
}

export interface PlanKeeperContext {
  readonly clock: Clock;
  readonly planFile: (text: string) => PlanFileChoice;
}

export function planKeeper(
  task: string,
  outputPlanFile: string | undefined,
  { clock, planFile }: PlanKeeperContext,
): PlanKeeper {
  const chosen = outputPlanFile === undefined ? undefined : planFile(outputPlanFile);
  const file = chosen && 'file' in chosen ? chosen.file : undefined;
  const documentOf = ({ plan, mode }: Extract<RunEvent, { type: 'planned' }>): PlanDocument =>
    planDocument(plan, { task, action: mode, created: clock.date() });
  return {
    ...(chosen && 'problem' in chosen ? { problem: chosen.problem } : {}),
    begin: () => file?.clear(),
    observe: (event) => {
      if (event.type === 'planned') file?.write(`${JSON.stringify(documentOf(event), undefined, 2)}\n`);
    },
    observeMember: (event, cluster) => {
      if (event.type === 'planned') file?.append(`${JSON.stringify({ ...documentOf(event), cluster })}\n`);
    },
  };
}
