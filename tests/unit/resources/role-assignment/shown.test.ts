import assert from 'node:assert/strict';
import { DiagnosticError } from '../../../../src/diagnostics/diagnostic.ts';
import { settle } from '../../../../src/engine/settle.ts';
import type { WrittenAssignment } from '../../../../src/resources/role-assignment/access.ts';
import { assignmentsShown } from '../../../../src/resources/role-assignment/shown.ts';
import type { FoundAssignment } from '../../../../src/resources/role-assignment/spec.ts';
import { startBudget } from '../../../../src/runtime/budget.ts';
import type { Clock } from '../../../../src/runtime/clock.ts';

const spec = {
  scope: '/subscriptions/s/resourceGroups/rg',
  scopeLabel: 'rg',
  roleId: 'role',
  roleName: 'Reader',
  principalId: 'p',
  principalLabel: 'app',
  subscriptionId: 's',
  madeBy: 'test',
};

const shown: FoundAssignment = {
  id: '/x',
  scope: '/subscriptions/S/resourcegroups/RG',
  roleId: 'ROLE',
  principalId: 'P',
  description: '',
  condition: '',
  principalType: 'ServicePrincipal',
};

function handClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    date: () => new Date(now),
    sleep: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
  };
}

async function wait(
  written: WrittenAssignment[],
  lists: readonly (readonly FoundAssignment[])[],
): Promise<{ readonly asked: readonly string[]; readonly seconds: number; readonly failure: unknown }> {
  const asked: string[] = [];
  const access = {
    written,
    list: (scope: string, filter: string) => {
      asked.push(`${scope} ${filter}`);
      return Promise.resolve(lists[Math.min(asked.length, lists.length) - 1] ?? []);
    },
  };
  const clock = handClock();
  const context = { clock, budget: startBudget(clock, 60_000), signal: new AbortController().signal };
  let failure: unknown;
  await settle(assignmentsShown(access), { ...context, observer: () => undefined }).catch((error: unknown) => {
    failure = error;
  });
  return { asked, seconds: clock.now() / 1000, failure };
}

describe('the wait for role assignments', () => {
  const present = { spec, wanted: 'present' } as const;

  it('asks once for a scope and principal, and again until all is as written', async () => {
    const other = { spec: { ...spec, roleId: 'other' }, wanted: 'absent' } as const;
    const stale = [{ ...shown, roleId: 'other' }];
    const { asked, failure } = await wait([present, other], [stale, [shown]]);
    assert.equal(failure, undefined);
    assert.deepEqual(
      asked,
      Array.from({ length: 2 }, () => `${spec.scope} assignedTo('p')`),
    );
  });

  it('does not take an assignment above the scope for the one that was written', async () => {
    const { failure } = await wait([present], [[{ ...shown, scope: '/subscriptions/s' }]]);
    assert.ok(failure instanceof DiagnosticError);
  });

  it('ends with its budget and says what is missing', async () => {
    const { seconds, failure } = await wait([present], [[]]);
    assert.equal(seconds, 60);
    assert.ok(failure instanceof DiagnosticError);
    assert.equal(failure.diagnostic.code, 'GRA012');
    assert.match(failure.diagnostic.message, /0 of 1 are as written, not yet Reader at rg/);
  });

  it('ends at once where the principal is gone', async () => {
    const { asked, failure } = await wait([present], [[{ ...shown, principalType: 'Unknown' }]]);
    assert.equal(asked.length, 1);
    assert.ok(failure instanceof DiagnosticError);
    assert.equal(failure.diagnostic.code, 'GRA013');
  });

  it('asks nothing where nothing was written', async () => {
    assert.deepEqual((await wait([], [])).asked, []);
  });
});
