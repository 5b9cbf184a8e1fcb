/** The judge of the fuzzing finds what it is there to find: each defect by itself, planted in a run that is fine. */
import assert from 'node:assert/strict';
import { problemsOfRun } from '../../../scripts/fuzz/judge.ts';
import type { Place } from '../../../scripts/fuzz/place.ts';
import { diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import type { InProcessRun } from '../../support/in-process.ts';

const canary = 'c4nary-Xq7vT2mB9zK4';
const place = { secrets: () => [{ name: 'the canary', value: canary }] } as unknown as Place;

const failure = diagnostic('INP001', { message: 'Input grants is empty.' });
const fine: InProcessRun = {
  failure,
  report: { task: 'AksRoleGrants' } as unknown as InProcessRun['report'],
  outputs: { changeCount: '0' },
  log: ['Plan', 'Nothing to change.'],
  planFile: undefined,
};

describe('the judge of a fuzzed run', () => {
  it('has nothing to say of a run that is fine', () => {
    assert.deepEqual(problemsOfRun(fine, place), []);
  });

  const defects: readonly (readonly [string, Partial<InProcessRun>, RegExp])[] = [
    [
      'a failure that the task does not know',
      { failure: diagnostic('RUN001', { message: 'Failed.' }) },
      /does not know/,
    ],
    ['a stack trace', { log: ['TypeError: x', '    at f (/agent/task/index.js:1:2)'] }, /stack trace/],
    ['an error without a message', { failure: { ...failure, message: '' } }, /what or what next/],
    ['an error without a next step', { failure: { ...failure, fix: '' } }, /what or what next/],
    ['a secret in the log', { log: [`the value is ${canary}`] }, /the canary/],
    ['a secret in an output variable', { outputs: { clientId: canary } }, /the canary/],
    ['a secret in the plan, in base64', { planFile: Buffer.from(canary).toString('base64') }, /the canary/],
  ];
  for (const [what, defect, problem] of defects)
    it(`finds ${what}`, () => {
      const problems = problemsOfRun({ ...fine, ...defect }, place);
      assert.match(problems.join('\n'), problem);
    });
});
