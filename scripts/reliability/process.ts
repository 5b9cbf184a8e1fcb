/** Faults of the process that runs a packaged task, at the moment of one of its requests. */
import { setTimeout as sleep } from 'node:timers/promises';
import process from 'node:process';
import type { TaskRun } from '../../sandbox/agent/index.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { RunReport } from '../../src/report/run-report.ts';
import { placesOf } from '../../tests/support/collect.ts';
import type { Cell } from './cell.ts';
import type { FaultKind } from './faults.ts';
import type { Struck } from './judge.ts';
import type { Place } from './place.ts';
import { meanwhile } from './striker.ts';

type ProcessFault = Extract<FaultKind, { readonly type: 'process' }>['happens'];

/** The agent's are 7.5 and 2.5 s. */
const patience = { interrupt: 400, terminate: 400 };

/** The step runs out of time while the request hangs. On a slow machine that may be before it is sent: then there is more. */
const TIME_OUTS = [2, 6, 20];

/** Undefined where the fault did not strike. */
export async function runProcess(place: Place, cell: Cell, fault: ProcessFault): Promise<Struck | undefined> {
  for (const seconds of fault === 'timeOut' ? TIME_OUTS : [0]) {
    const run = await strike(place, cell, fault, seconds);
    if (place.striker.disarm()) return struckBy(run, fault);
  }
  return undefined;
}

async function strike(
  { world, striker, job }: Place,
  { undisturbed, request }: Cell,
  fault: ProcessFault,
  seconds: number,
): Promise<TaskRun> {
  const { case: which, action } = undisturbed;
  let victim = 0;
  let ended: Promise<unknown> = Promise.resolve();
  const phase = fault === 'killAfter' ? 'after' : 'before';
  striker.arm(
    meanwhile(request, phase, async () => {
      if (fault === 'timeOut') return new Promise(() => undefined);
      process.kill(victim, fault.startsWith('kill') ? 'SIGKILL' : fault);
      if (!fault.startsWith('kill')) {
        // So long that the task has heard of it before it is answered.
        await sleep(40);
        return undefined;
      }
      // Only then is it sure that the task cannot have seen how its connection ended.
      await ended;
      return 'reset';
    }),
  );
  const onStart = (processId: number): void => void (victim = processId);
  const limits = seconds > 0 ? { timeoutMinutes: seconds / 60, patience } : {};
  const variables = [{ name: 'system.debug', value: 'true' }];
  const running = world.run(which.task, { ...which.inputs, action }, { ...job, onStart, variables, ...limits });
  ended = running;
  return running;
}

function struckBy(run: TaskRun, fault: ProcessFault): Struck {
  const killed = run.exitCode === 137;
  const report = run.attachments.find(({ type }) => type === 'keyless-pods.run-report');
  return {
    succeeded: run.result === 'Succeeded',
    failure: report && failureOf(report.content),
    killed: killed && (fault.startsWith('kill') || fault === 'timeOut'),
    output: placesOf(run).map(({ content }) => content),
  };
}

function failureOf(content: Buffer): Diagnostic | undefined {
  const { result, diagnostics } = JSON.parse(content.toString()) as RunReport;
  return result === 'failed' ? diagnostics.at(-1) : undefined;
}
