import assert from 'node:assert/strict';
import type { Observed } from '../../../../src/engine/resource.ts';
import { kinds } from '../../../../src/kube/kinds.ts';
import { compareKubeLabel } from '../../../../src/resources/kube-label/handler.ts';

const spec = {
  kind: kinds.deployment,
  on: 'pod template',
  object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
  label: 'aadpodidbinding',
  value: 'ours',
  labels: {},
} as const;
const has = (state: string): Observed<string> => ({ found: true, state });

describe('A label', () => {
  it('is set where it is missing and changed where it has another value', () => {
    assert.equal(compareKubeLabel(spec, { found: false }, 'present').action, 'create');
    assert.equal(compareKubeLabel(spec, has('ours'), 'present').action, 'none');
    assert.deepEqual(compareKubeLabel(spec, has('theirs'), 'present'), {
      action: 'update',
      fields: [{ field: 'aadpodidbinding', from: 'theirs', to: 'ours' }],
    });
  });

  it('is taken away only with our value', () => {
    assert.equal(compareKubeLabel(spec, has('ours'), 'absent').action, 'delete');
    assert.equal(compareKubeLabel(spec, has('theirs'), 'absent').action, 'none');
    assert.equal(compareKubeLabel(spec, { found: false }, 'absent').action, 'none');
  });
});
