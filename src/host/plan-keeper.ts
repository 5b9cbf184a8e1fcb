import type { RunEvent } from '../engine/events.ts';
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
  return {
    ...(chosen && 'problem' in chosen ? { problem: chosen.problem } : {}),
    begin: () => file?.clear(),
    observe: (event) => {
      if (event.type !== 'planned') return;
      const document = planDocument(event.plan, { task, action: event.mode, created: clock.date() });
      file?.write(`${JSON.stringify(document, undefined, 2)}\n`);
    },
  };
}
