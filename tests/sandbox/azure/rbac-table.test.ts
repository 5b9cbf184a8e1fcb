import assert from 'node:assert/strict';
import { actionCases } from './rbac/actions.ts';
import { decide, outcomeOf, requestOf } from './rbac/ask.ts';
import { conditionCases } from './rbac/conditions.ts';
import { dataActionCases } from './rbac/data-actions.ts';
import { denialCases } from './rbac/denials.ts';
import { inheritanceCases } from './rbac/inheritance.ts';
import { lockCases } from './rbac/locks.ts';
import { scenarioOf } from './rbac/world.ts';
import { startTestAzure } from './world.ts';

const cases = [
  ...actionCases,
  ...dataActionCases,
  ...inheritanceCases,
  ...denialCases,
  ...conditionCases,
  ...lockCases,
];

describe('the decision about access, by what the documentation says', () => {
  for (const test of cases) {
    const send = requestOf(test);
    it(`${test.outcome}: ${test.title} [${test.source}]`, async () => {
      assert.equal(decide(test), test.outcome);
      if (!send) return;
      const azure = await startTestAzure({ scenario: scenarioOf(test) });
      try {
        const answer = await send(azure, test);
        assert.notEqual(answer.status, 501);
        assert.equal(outcomeOf(answer), test.outcome, answer.message);
      } finally {
        await azure.stop();
      }
    });
  }

  it('has at least 60 cases, most of them over HTTP, each with its own title', () => {
    assert.ok(cases.length >= 60);
    assert.equal(new Set(cases.map(({ title }) => title)).size, cases.length);
    assert.ok(cases.filter((test) => requestOf(test)).length > cases.length / 2);
  });
});
