/** Tasks in this process that do not wait as long as users do between two looks at a run command. */
import { hurriedClock } from '../../support/hurried-clock.ts';
import type { InProcessRun } from '../../support/in-process.ts';
import { runTaskInProcess } from '../../support/tasks-in-process.ts';
import type { World } from '../../support/world.ts';
import { withIds } from '../../support/world.ts';

export function runHurried(
  { sandbox }: World,
  task: string,
  inputs: Readonly<Record<string, string>>,
): Promise<InProcessRun> {
  return runTaskInProcess(task, { sandbox, clock: hurriedClock, inputs: withIds(sandbox, inputs) });
}

/** The log, and what the host says last of a run that failed. */
export function text({ log, failure }: InProcessRun): string {
  const said = failure ? [`[${failure.code}] ${failure.message}`, failure.cause, failure.fix, failure.detail] : [];
  return [...log, ...said].join('\n');
}
