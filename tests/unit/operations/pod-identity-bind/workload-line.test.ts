import assert from 'node:assert/strict';
import { kinds } from '../../../../src/kube/kinds.ts';
import { parseWorkloadLine } from '../../../../src/operations/pod-identity-bind/workload-line.ts';

describe('A line of workloads', () => {
  it('names a workload by kind and name, under the names that kubectl takes', () => {
    assert.deepEqual(parseWorkloadLine('deployment/web'), { by: 'name', kind: kinds.deployment, name: 'web' });
    assert.deepEqual(parseWorkloadLine('STS/db'), { by: 'name', kind: kinds.statefulSet, name: 'db' });
    assert.deepEqual(parseWorkloadLine('ds/agent'), { by: 'name', kind: kinds.daemonSet, name: 'agent' });
  });

  it('names all workloads of a Helm release', () => {
    assert.deepEqual(parseWorkloadLine('helm/shop'), { by: 'release', release: 'shop' });
  });

  for (const wrong of [
    'web',
    'pod/web',
    'job/x',
    'deployment/',
    '/web',
    'deployment/a/b',
    'deployment/Web',
    'helm/',
    'constructor/web',
    '__proto__/web',
  ])
    it(`says what is allowed for "${wrong}"`, () => {
      assert.equal(typeof parseWorkloadLine(wrong), 'string');
    });
});
