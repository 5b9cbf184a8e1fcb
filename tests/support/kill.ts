/** Ends a task with SIGKILL at one of its writes, before or after the write takes effect, and always before the reply. */
import assert from 'node:assert/strict';
import process from 'node:process';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import type { Intercept } from '../../sandbox/kit/http-server.ts';
import type { World } from './world.ts';
import { isWriteOfTask } from './world.ts';

export interface Moment {
  /** As {@link writesOf} names it. */
  readonly write: string;
  readonly phase: 'before' | 'after';
}

export interface Killer {
  /** For the sandbox's options. */
  readonly intercept: Intercept;
  /** A run that is killed at this moment. Fails where the moment does not come. */
  run(world: World, task: string, inputs: Readonly<Record<string, string>>, moment: Moment): Promise<TaskRun>;
}

interface Victim {
  readonly moment: Moment;
  processId?: number;
  ended?: Promise<unknown>;
  killed: boolean;
}

export function createKiller(): Killer {
  let victim: Victim | undefined;
  return {
    intercept: async (event) => {
      const { moment, processId } = victim ?? {};
      if (!victim || !moment || processId === undefined || event.phase !== moment.phase) return undefined;
      if (!isWriteOfTask(event) || nameOf(event) !== moment.write) return undefined;
      victim.killed = true;
      process.kill(processId, 'SIGKILL');
      // Only then is it sure that the task cannot have seen how its connection ended.
      await victim.ended;
      return 'reset';
    },
    run: async (world, task, inputs, moment) => {
      const next: Victim = { moment, killed: false };
      victim = next;
      const onStart = (processId: number): void => void (next.processId = processId);
      const running = world.run(task, inputs, { onStart });
      next.ended = running;
      const run = await running;
      victim = undefined;
      assert.ok(next.killed, `no ${moment.write} came:\n${run.log.join('\n')}`);
      assert.equal(run.exitCode, 137, run.log.join('\n'));
      assert.equal(run.result, 'Failed');
      return run;
    },
  };
}

/** The writes of the tasks so far by method, server and path, in an order that does not depend on which came first. */
export function writesOf(world: World): readonly string[] {
  return world.writes().map(nameOf).sort();
}

function nameOf({ method, server, path }: { method: string; server: string; path: string }): string {
  return `${method} ${server} ${path.split('?')[0] ?? ''}`;
}
