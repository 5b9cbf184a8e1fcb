import assert from 'node:assert/strict';
import { parseWorkload } from '../../../../src/operations/pod-secret-check/inputs.ts';

describe('The input workload', () => {
  it('is a kind and a name, under the names that kubectl takes', () => {
    assert.deepEqual(parseWorkload('deployment/web'), { kind: 'deployment', name: 'web' });
    assert.deepEqual(parseWorkload('STS/db'), { kind: 'statefulset', name: 'db' });
  });

  for (const wrong of ['web', 'pod/web', 'deployment/', 'deployment/a/b', 'constructor/web', '__proto__/web'])
    it(`is not "${wrong}"`, () => {
      assert.equal(parseWorkload(wrong), undefined);
    });
});
