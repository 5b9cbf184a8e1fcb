import assert from 'node:assert/strict';
import { differences } from '../../../../src/resources/kube-object/differences.ts';

describe('Differences of a Kubernetes object', () => {
  const fieldsOf = (wanted: unknown, live: unknown): string[] => differences(wanted, live).map(({ field }) => field);

  it('are none where the live object has more fields than we name', () => {
    assert.deepEqual(differences({ spec: { a: 1 } }, { spec: { a: 1, b: 2 }, status: {} }), []);
  });

  it('name the field with its old and its new value', () => {
    assert.deepEqual(differences({ spec: { replicas: 2 } }, { spec: { replicas: 1 } }), [
      { field: 'spec.replicas', from: '1', to: '2' },
    ]);
  });

  it('find containers by name, whatever their order, and leave injected ones alone', () => {
    const live = { containers: [{ name: 'sidecar' }, { name: 'web', image: 'old' }] };
    assert.deepEqual(differences({ containers: [{ name: 'web', image: 'new' }] }, live), [
      { field: 'containers[web].image', from: 'old', to: 'new' },
    ]);
    assert.deepEqual(fieldsOf({ containers: [{ name: 'db' }] }, live), ['containers[db]']);
  });

  it('compare arguments and rules as a whole', () => {
    assert.deepEqual(fieldsOf({ args: ['a', 'b'] }, { args: ['b', 'a'] }), ['args']);
    assert.deepEqual(fieldsOf({ rules: [{ verbs: ['get'] }] }, { rules: [{ verbs: ['get'] }, { verbs: ['list'] }] }), [
      'rules',
    ]);
  });

  it('take defaults inside of atomic lists for no difference', () => {
    assert.deepEqual(
      fieldsOf({ tolerations: [{ operator: 'Exists' }] }, { tolerations: [{ operator: 'Exists', effect: '' }] }),
      [],
    );
  });

  it('take equal quantities for equal', () => {
    const limits = (cpu: string, memory: string): object => ({ resources: { limits: { cpu, memory } } });
    assert.deepEqual(fieldsOf(limits('0.2', '1024Mi'), limits('200m', '1Gi')), []);
    assert.deepEqual(fieldsOf(limits('0.3', '1Gi'), limits('200m', '1Gi')), ['resources.limits.cpu']);
  });

  it('do not take numbers outside of resources for quantities', () => {
    assert.deepEqual(fieldsOf({ args: ['1000m'] }, { args: ['1'] }), ['args']);
    assert.deepEqual(fieldsOf({ value: '1000m' }, { value: '1' }), ['value']);
  });

  it('take an empty map for a missing one', () => {
    assert.deepEqual(fieldsOf({ subresources: {} }, {}), []);
  });
});
