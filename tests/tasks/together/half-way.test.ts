import assert from 'node:assert/strict';
import type { Intercept, SandboxResponse } from '../../../sandbox/kit/http-server.ts';
import { articleSteps, succeed } from '../../support/article-steps.ts';
import type { State } from '../../support/final-state.ts';
import { assertState, settledState } from '../../support/final-state.ts';
import { oneCluster } from '../../support/one-cluster.ts';
import type { World } from '../../support/world.ts';
import { isWriteOfTask, startWorld } from '../../support/world.ts';

interface Fault {
  /** Which write is answered so, from 1, and again whenever it is repeated. */
  readonly write: number;
  readonly answer: SandboxResponse | 'reset';
  /** Code of the failure that the run reports. */
  readonly code: string;
}

const armBroken: SandboxResponse = { status: 500, body: { error: { code: 'InternalServerError', message: 'broken' } } };
const kubeBroken: SandboxResponse = {
  status: 500,
  // Comes back at once instead of after the client's own pauses.
  headers: { 'retry-after': '0' },
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'InternalError', code: 500, message: 'broken' },
};

/** For each task: the failures of one run after the other, before one goes undisturbed. */
const faults: Readonly<Record<string, readonly Fault[]>> = {
  AksRoleGrants: [
    { write: 2, answer: armBroken, code: 'AZR009' },
    { write: 1, answer: 'reset', code: 'CON004' },
  ],
  PodIdentityInstall: [
    { write: 3, answer: kubeBroken, code: 'KUB012' },
    { write: 2, answer: 'reset', code: 'KUB001' },
  ],
  KeyVaultGrant: [
    { write: 1, answer: armBroken, code: 'AZR009' },
    { write: 1, answer: 'reset', code: 'CON004' },
  ],
  PodIdentityBind: [
    { write: 2, answer: kubeBroken, code: 'KUB012' },
    { write: 2, answer: 'reset', code: 'KUB001' },
  ],
};

/** Breaks one write of the next run for good. */
function createBreaker(): {
  readonly intercept: Intercept;
  during<T>(fault: Fault, act: () => Promise<T>): Promise<T>;
} {
  let broken: Fault | undefined;
  const seen = new Set<string>();
  return {
    intercept: (event) => {
      if (!broken || event.phase !== 'before' || !isWriteOfTask(event)) return undefined;
      const name = `${event.method} ${event.server} ${event.path}`;
      seen.add(name);
      return [...seen].indexOf(name) === broken.write - 1 ? broken.answer : undefined;
    },
    during: async (fault, act) => {
      seen.clear();
      broken = fault;
      try {
        return await act();
      } finally {
        broken = undefined;
      }
    },
  };
}

describe('a run that fails half-way', function () {
  this.timeout(240_000);
  const worlds: World[] = [];
  const expected = new Map<string, State>();
  const breaker = createBreaker();

  before(async () => {
    worlds.push(await startWorld({ scenario: oneCluster(), intercept: breaker.intercept }));
    const reference = await startWorld({ scenario: oneCluster() });
    worlds.push(reference);
    for (const step of articleSteps) {
      await step.prepare?.(reference);
      await succeed(reference, step);
      expected.set(step.task, await settledState(reference));
    }
  });
  after(async () => {
    for (const world of worlds) await world.stop();
  });

  for (const step of articleSteps) {
    const { task, inputs } = step;
    describe(`of ${task}`, () => {
      before(() => step.prepare?.(worlds[0]!));

      for (const fault of faults[task] ?? []) {
        const what = fault.answer === 'reset' ? 'a broken connection' : 'status 500 again and again';
        it(`says ${fault.code} after ${what} at write ${String(fault.write)}`, async () => {
          const run = await breaker.during(fault, () => worlds[0]!.run(task, inputs));
          assert.equal(run.result, 'Failed');
          const errors = run.issues.filter(({ type }) => type === 'error').map(({ message }) => message);
          assert.equal(errors.length, 1, run.log.join('\n'));
          assert.match(errors[0]!, new RegExp(`^\\[${fault.code}\\] .*\\nCause: .*\\nNext: `), run.log.join('\n'));
        });
      }

      it('is made good by the next one', async () => {
        const next = await succeed(worlds[0]!, step);
        await assertState(worlds[0]!, expected.get(task)!, next.log.join('\n'));
        const last = await succeed(worlds[0]!, step);
        if (task !== 'PodSecretCheck') assert.equal(last.outputVariables['changeCount'], '0');
      });
    });
  }
});
