import assert from 'node:assert/strict';
import type { Observed } from '../../../../src/engine/resource.ts';
import { kinds } from '../../../../src/kube/kinds.ts';
import type { KubeObject } from '../../../../src/kube/shapes.ts';
import { compareKubeObject } from '../../../../src/resources/kube-object/compare.ts';
import type { KubeObjectSpec } from '../../../../src/resources/kube-object/spec.ts';
import { withOurLabel } from '../../../../src/resources/kube-object/spec.ts';

const object = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'web' },
  data: { key: 'value' },
};
const spec: KubeObjectSpec = { kind: kinds.configMap, object, foreign: 'KUB017' };
const found = (state: KubeObject): Observed<KubeObject> => ({ found: true, state });

describe('A Kubernetes object', () => {
  it('is made where it is missing, and not again where it is as wanted', () => {
    assert.equal(compareKubeObject(spec, { found: false }, 'present').action, 'create');
    assert.deepEqual(compareKubeObject(spec, found(withOurLabel(object)), 'present'), {
      action: 'none',
      note: 'exists',
    });
  });

  it('is updated where it is ours and differs', () => {
    const live = withOurLabel({ ...object, data: { key: 'old' } });
    assert.deepEqual(compareKubeObject(spec, found(live), 'present'), {
      action: 'update',
      fields: [{ field: 'data.key', from: 'old', to: 'value' }],
    });
  });

  it('stays with its maker where another tool made an equal one', () => {
    const equal = compareKubeObject(spec, found(object), 'present');
    assert.deepEqual(equal, { action: 'none', note: 'exists, made by another tool' });
    assert.equal(compareKubeObject(spec, found(object), 'absent').action, 'none');
  });

  it('blocks the run where another tool made one with other values, naming the tool and the field', () => {
    const managedFields = [{ manager: 'helm', operation: 'Update' }];
    const live = { ...object, data: { key: 'theirs' }, metadata: { ...object.metadata, managedFields } };
    const difference = compareKubeObject(spec, found(live), 'present');
    assert.ok(difference.action === 'blocked');
    assert.equal(difference.diagnostic.code, 'KUB017');
    assert.match(difference.diagnostic.message, /helm.*data\.key is theirs, not value/);
  });

  it('is deleted only where it is ours, or the user said so', () => {
    assert.equal(compareKubeObject(spec, found(withOurLabel(object)), 'absent').action, 'delete');
    assert.equal(compareKubeObject({ ...spec, deleteForeign: true }, found(object), 'absent').action, 'delete');
    assert.equal(compareKubeObject(spec, { found: false }, 'absent').action, 'none');
  });

  it('is made anew where the old one is on its way out', () => {
    const leaving = { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    assert.equal(compareKubeObject(spec, found(leaving), 'present').action, 'create');
  });
});
