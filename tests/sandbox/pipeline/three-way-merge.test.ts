import assert from 'node:assert/strict';
import { threeWayPatch } from '../../../sandbox/pipeline/kubernetes-manifest/three-way-merge.ts';

const strategic = true;

describe('pipeline: three-way merge', () => {
  it('changes nothing where the manifest is what it was, whatever others have added', () => {
    const manifest = {
      spec: { template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } } },
    };
    const current = {
      spec: {
        replicas: 3,
        template: {
          metadata: { labels: { app: 'x', aadpodidbinding: 'kept' } },
          spec: {
            containers: [
              { name: 'c', image: 'i', terminationMessagePath: '/dev' },
              { name: 'sidecar', image: 's' },
            ],
          },
        },
      },
    };
    assert.equal(threeWayPatch({ original: manifest, modified: manifest, current, strategic }), undefined);
  });

  it('removes only what was applied before and is no longer in the manifest', () => {
    const patch = threeWayPatch({
      original: { metadata: { labels: { gone: '1', kept: '1', absent: '1' } } },
      modified: { metadata: { labels: { kept: '1' } } },
      current: { metadata: { labels: { gone: '1', kept: '1', others: '1' } } },
      strategic,
    });
    assert.deepEqual(patch, { metadata: { labels: { gone: null } } });
  });

  it('merges containers by name: one changed field, one new, one removed', () => {
    const patch = threeWayPatch({
      original: {
        containers: [
          { name: 'a', image: '1' },
          { name: 'old', image: '1' },
        ],
      },
      modified: {
        containers: [
          { name: 'a', image: '2' },
          { name: 'new', image: '1' },
        ],
      },
      current: { containers: [{ name: 'a', image: '1', tty: true }, { name: 'old', image: '1' }, { name: 'theirs' }] },
      strategic,
    });
    assert.deepEqual(patch, {
      containers: [
        { name: 'a', image: '2' },
        { name: 'new', image: '1' },
        { $patch: 'delete', name: 'old' },
      ],
    });
  });

  it('replaces lists that have no key, and every list of a custom resource', () => {
    const change = {
      original: { args: ['a'], env: [{ name: 'x' }] },
      modified: { args: ['b'], env: [{ name: 'y' }] },
      current: { args: ['a'], env: [{ name: 'x' }] },
    };
    assert.deepEqual(threeWayPatch({ ...change, strategic }), {
      args: ['b'],
      env: [{ name: 'y' }, { $patch: 'delete', name: 'x' }],
    });
    assert.deepEqual(threeWayPatch({ ...change, strategic: false }), { args: ['b'], env: [{ name: 'y' }] });
  });

  it('takes over an object that nobody has applied yet without removing anything', () => {
    assert.deepEqual(threeWayPatch({ original: undefined, modified: { a: 1 }, current: { a: 2, b: 3 }, strategic }), {
      a: 1,
    });
  });
});
