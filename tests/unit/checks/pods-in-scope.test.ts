import assert from 'node:assert/strict';
import type { PodScope } from '../../../src/checks/gather/pods-in-scope.ts';
import { podsInScope } from '../../../src/checks/gather/pods-in-scope.ts';
import type { Pod } from '../../../src/kube/shapes.ts';

/** `node/name/day`, with `!` behind it where the pod is not ready, and `.` where it has ended. */
function podOf(text: string): Pod {
  const [node = '', name = '', day = '1'] = text.replace(/[!.]$/, '').split('/');
  const ready = /[!.]$/.test(text) ? 'False' : 'True';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, creationTimestamp: `2026-01-0${day}T00:00:00Z` },
    spec: node === '' ? {} : { nodeName: node },
    status: {
      phase: text.endsWith('.') ? 'Succeeded' : 'Running',
      conditions: [{ type: 'Ready', status: ready }],
    },
  };
}

const pods = ['b/old/1', 'b/new/2', 'b/newest/3!', 'a/starting/1!', 'a/ended/4.', '/placeless/5!'];

function chosen(scope: PodScope, from: readonly string[] = pods): string[] {
  return podsInScope(from.map(podOf), scope).map(({ metadata }) => metadata.name);
}

describe('the pods that are asked', () => {
  it('are the newest ready one', () => {
    assert.deepEqual(chosen('first'), ['new']);
    assert.deepEqual(chosen('first', ['a/starting/1!']), []);
  });

  it('are one of every node: the newest ready one, else one that is waited for', () => {
    assert.deepEqual(chosen('everyNode'), ['starting', 'new']);
  });

  it('are all that have not ended, by node and name, those without a node among them', () => {
    assert.deepEqual(chosen('all'), ['placeless', 'starting', 'new', 'newest', 'old']);
  });
});
