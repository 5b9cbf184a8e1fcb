import assert from 'node:assert/strict';
import type { KubernetesObjectApi } from '@kubernetes/client-node';
import { onEachCluster } from './each-cluster.ts';
import {
  configMap,
  deployment,
  get,
  objectsOf,
  raw,
  startTestCluster,
  type RawAnswer,
  type TestCluster,
} from './start.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

onEachCluster('Patches', (kind) => {
  let test: TestCluster;
  let objects: KubernetesObjectApi;
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const configMaps = '/api/v1/namespaces/default/configmaps';
  const patch = (path: string, type: string, body: unknown): Promise<RawAnswer> =>
    raw(test.config, path, { method: 'PATCH', type, body });

  before(async () => {
    test = await startTestCluster(kind);
    objects = objectsOf(test.config);
  });
  after(() => (test as TestCluster | undefined)?.cluster.stop());

  it('a JSON patch adds, replaces and tests', async () => {
    await objects.create(configMap('json', { a: '1' }));
    const operations = [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'replace', path: '/data/a', value: '2' },
      { op: 'add', path: '/data/b', value: '3' },
    ];
    const { body } = await patch(`${configMaps}/json`, JSON_PATCH, operations);
    assert.deepEqual(body['data'], { a: '2', b: '3' });
  });

  it('a JSON patch whose test fails changes nothing', async () => {
    await objects.create(configMap('tested', { a: '1' }));
    const { status, body } = await patch(`${configMaps}/tested`, JSON_PATCH, [
      { op: 'test', path: '/data/a', value: 'other' },
      { op: 'remove', path: '/data/a' },
    ]);
    assert.deepEqual([status, body['reason']], [422, 'Invalid']);
    assert.deepEqual((await raw(test.config, `${configMaps}/tested`)).body['data'], { a: '1' });
  });

  it('a merge patch removes by null and replaces lists', async () => {
    await objects.create(configMap('merge', { a: '1', b: '2' }));
    const { body } = await patch(`${configMaps}/merge`, MERGE, { data: { a: null, c: '3' } });
    assert.deepEqual(body['data'], { b: '2', c: '3' });
  });

  it('a merge patch with a stale resource version is a conflict', async () => {
    await objects.create(configMap('raced', { a: '1' }));
    const { status, body } = await patch(`${configMaps}/raced`, MERGE, {
      metadata: { resourceVersion: '1' },
      data: { a: '2' },
    });
    assert.deepEqual([status, body['reason']], [409, 'Conflict']);
  });

  it('a strategic merge patch merges containers and variables by name', async () => {
    await objects.create(deployment('strategic'));
    const container = { name: 'main', env: [{ name: 'A', value: '1' }] };
    await patch(`${deployments}/strategic`, STRATEGIC, { spec: { template: { spec: { containers: [container] } } } });
    const more = {
      containers: [
        { name: 'main', env: [{ name: 'B', value: '2' }] },
        { name: 'side', image: 'busybox:1' },
      ],
    };
    const { body } = await patch(`${deployments}/strategic`, STRATEGIC, { spec: { template: { spec: more } } });
    const containers = get(body, 'spec', 'template', 'spec', 'containers');
    assert.equal(get(containers, 0, 'image'), 'nginx:1.27');
    assert.deepEqual(get(containers, 0, 'env'), [
      { name: 'B', value: '2' },
      { name: 'A', value: '1' },
    ]);
    assert.equal(get(containers, 1, 'name'), 'side');
  });

  it('$patch: delete takes a list item out', async () => {
    await objects.create(deployment('directive'));
    const volumes = [
      { name: 'x', emptyDir: {} },
      { name: 'y', emptyDir: {} },
    ];
    await patch(`${deployments}/directive`, STRATEGIC, { spec: { template: { spec: { volumes } } } });
    const { body } = await patch(`${deployments}/directive`, STRATEGIC, {
      spec: { template: { spec: { volumes: [{ name: 'x', $patch: 'delete' }] } } },
    });
    assert.deepEqual(get(body, 'spec', 'template', 'spec', 'volumes'), [{ name: 'y', emptyDir: {} }]);
  });

  it('tolerations have no key: a strategic merge patch replaces them', async () => {
    await objects.create(deployment('tolerant'));
    const one = { spec: { template: { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } } } };
    const other = { spec: { template: { spec: { tolerations: [{ key: 'b', operator: 'Exists' }] } } } };
    await patch(`${deployments}/tolerant`, STRATEGIC, one);
    const { body } = await patch(`${deployments}/tolerant`, STRATEGIC, other);
    assert.deepEqual(get(body, 'spec', 'template', 'spec', 'tolerations'), [{ key: 'b', operator: 'Exists' }]);
  });

  it('a status patch changes the status only', async () => {
    await objects.create(deployment('status'));
    const { body } = await patch(`${deployments}/status/status`, MERGE, {
      spec: { replicas: 7 },
      status: { replicas: 5 },
    });
    assert.deepEqual([get(body, 'spec', 'replicas'), get(body, 'status', 'replicas')], [1, 5]);
  });

  it('a patch of the object leaves the status', async () => {
    const { body } = await patch(`${deployments}/status`, MERGE, {
      status: { replicas: 9 },
      metadata: { labels: { a: 'b' } },
    });
    assert.notEqual(get(body, 'status', 'replicas'), 9);
  });

  describe('Server-side apply', () => {
    const wanted = (name: string, data: object): object => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data,
    });
    const apply = (name: string, data: object, query: string): Promise<RawAnswer> =>
      patch(`${configMaps}/${name}?${query}`, APPLY, wanted(name, data));

    it('creates what is not there, with its manager', async () => {
      const { status, body } = await apply('new', { a: '1' }, 'fieldManager=one');
      assert.equal(status, 201);
      const [entry] = get(body, 'metadata', 'managedFields') as Record<string, unknown>[];
      assert.deepEqual(
        [entry?.['manager'], entry?.['operation'], entry?.['fieldsV1']],
        ['one', 'Apply', { 'f:data': { 'f:a': {} } }],
      );
    });

    it('takes away what its manager no longer wants', async () => {
      await apply('shrink', { a: '1', b: '2' }, 'fieldManager=one');
      const { body } = await apply('shrink', { a: '1' }, 'fieldManager=one');
      assert.deepEqual(body['data'], { a: '1' });
    });

    it('leaves what another manager owns', async () => {
      await apply('shared', { a: '1' }, 'fieldManager=one');
      await apply('shared', { b: '2' }, 'fieldManager=two');
      const { body } = await apply('shared', { b: '3' }, 'fieldManager=two');
      assert.deepEqual(body['data'], { a: '1', b: '3' });
    });

    it('refuses to change what another manager owns, naming it and the field', async () => {
      await apply('contested', { a: '1' }, 'fieldManager=one');
      const { status, body } = await apply('contested', { a: '2' }, 'fieldManager=two');
      assert.equal(status, 409);
      assert.equal(body['message'], 'Apply failed with 1 conflict: conflict with "one": .data.a');
      assert.deepEqual(get(body, 'details', 'causes', 0), {
        reason: 'FieldManagerConflict',
        message: 'conflict with "one"',
        field: '.data.a',
      });
    });

    it('names updaters with their version', async () => {
      await objects.create(configMap('updated', { a: '1', b: '1' }), undefined, undefined, 'editor');
      const { body } = await apply('updated', { a: '2', b: '2' }, 'fieldManager=two');
      assert.equal(
        body['message'],
        'Apply failed with 2 conflicts: conflicts with "editor" using v1:\n- .data.a\n- .data.b',
      );
    });

    it('takes a field over by force, and the other manager loses it', async () => {
      await apply('forced', { a: '1' }, 'fieldManager=one');
      const { status, body } = await apply('forced', { a: '2' }, 'fieldManager=two&force=true');
      assert.deepEqual([status, body['data']], [200, { a: '2' }]);
      const managers = get(body, 'metadata', 'managedFields') as { manager: string }[];
      assert.deepEqual(
        managers.map(({ manager }) => manager),
        ['two'],
      );
    });

    it('an equal value is shared, not contested', async () => {
      await apply('equal', { a: '1' }, 'fieldManager=one');
      assert.equal((await apply('equal', { a: '1' }, 'fieldManager=two')).status, 200);
    });

    it('a second equal apply keeps the resource version', async () => {
      const first = await apply('again', { a: '1' }, 'fieldManager=one');
      const second = await apply('again', { a: '1' }, 'fieldManager=one');
      assert.equal(get(second.body, 'metadata', 'resourceVersion'), get(first.body, 'metadata', 'resourceVersion'));
    });

    it('needs a field manager', async () => {
      const { status, body } = await apply('nobody', {}, '');
      assert.deepEqual([status, body['reason']], [422, 'Invalid']);
      assert.match(String(body['message']), /^PatchOptions\.meta\.k8s\.io "" is invalid: fieldManager: Required value/);
    });

    it('prints list items by their keys', async () => {
      await objects.create(deployment('keyed'), undefined, undefined, 'maker');
      const containers = [{ name: 'main', image: 'nginx:1.28' }];
      const body = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'keyed' },
        spec: { template: { spec: { containers } } },
      };
      const answer = await patch(`${deployments}/keyed?fieldManager=two`, APPLY, body);
      assert.equal(
        answer.body['message'],
        'Apply failed with 1 conflict: conflict with "maker" using apps/v1: .spec.template.spec.containers[name="main"].image',
      );
    });
  });
});
