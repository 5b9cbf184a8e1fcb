import assert from 'node:assert/strict';
import { Watch, type KubernetesObject, type KubernetesObjectApi } from '@kubernetes/client-node';
import { createApi } from '../../../sandbox/cluster/api/index.ts';
import { onEachCluster } from './each-cluster.ts';
import { configMap, eventually, get, objectsOf, raw, startTestCluster, type Json, type TestCluster } from './start.ts';

const PATH = '/api/v1/namespaces/default/configmaps';

onEachCluster('Watches', (kind) => {
  let test: TestCluster;
  let objects: KubernetesObjectApi;

  before(async () => {
    test = await startTestCluster(kind);
    objects = objectsOf(test.config);
  });
  after(() => (test as TestCluster | undefined)?.cluster.stop());

  async function watching(query: Record<string, string>): Promise<{ seen: string[]; stop: () => void }> {
    const seen: string[] = [];
    const note = (type: string, object: KubernetesObject): void => {
      seen.push(`${type} ${object.metadata?.name ?? ''}`.trim());
    };
    const controller = await new Watch(test.config).watch(PATH, query, note, () => undefined);
    return {
      seen,
      stop: () => {
        controller.abort();
      },
    };
  }

  it('a watch without a resource version begins with what is there', async () => {
    const { seen, stop } = await watching({});
    await eventually(
      () => Promise.resolve(seen),
      (found) => found.length === 1,
    );
    stop();
    assert.deepEqual(seen, ['ADDED kube-root-ca.crt']);
  });

  it('a watch goes on from the resource version of a list, missing nothing', async () => {
    const { body } = await raw(test.config, PATH);
    const made = await objects.create(configMap('seen', { a: '1' }));
    const { seen, stop } = await watching({ resourceVersion: String(get(body, 'metadata', 'resourceVersion')) });
    await objects.replace({ ...made, data: { a: '2' } });
    await objects.delete(configMap('seen'));
    await eventually(
      () => Promise.resolve(seen),
      (found) => found.length === 3,
    );
    stop();
    assert.deepEqual(seen, ['ADDED seen', 'MODIFIED seen', 'DELETED seen']);
  });

  it('an object that ceases to match the selector is DELETED for the watch', async () => {
    const { seen, stop } = await watching({ labelSelector: 'a=b', resourceVersion: '' });
    const made = await objects.create(configMap('moving', {}, { labels: { a: 'b' } }));
    await objects.replace(
      configMap('moving', {}, { labels: { a: 'c' }, resourceVersion: made.metadata?.resourceVersion }),
    );
    await eventually(
      () => Promise.resolve(seen),
      (found) => found.length === 2,
    );
    stop();
    assert.deepEqual(seen, ['ADDED moving', 'DELETED moving']);
  });

  it('a deleted object is announced with a newer resource version', async () => {
    const made = await objects.create(configMap('newer'));
    const since = String(made.metadata?.resourceVersion);
    await objects.delete(configMap('newer'));
    const { text } = await raw(test.config, `${PATH}?watch=true&resourceVersion=${since}&timeoutSeconds=1`);
    const event = JSON.parse(text.split('\n')[0] ?? '') as Json;
    assert.equal(event['type'], 'DELETED');
    assert.ok(Number(get(event, 'object', 'metadata', 'resourceVersion')) > Number(since));
  });

  it('timeoutSeconds ends a watch', async () => {
    const { status, text } = await raw(test.config, `${PATH}?watch=true&resourceVersion=1000000&timeoutSeconds=1`);
    assert.deepEqual([status, text], [200, '']);
  });

  it('a watch list ends its first part with a bookmark', async () => {
    const query =
      'watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1';
    const { text } = await raw(test.config, `${PATH}?${query}`);
    const last = JSON.parse(text.trim().split('\n').at(-1) ?? '') as Json;
    assert.equal(last['type'], 'BOOKMARK');
    assert.deepEqual(get(last, 'object', 'metadata', 'annotations'), { 'k8s.io/initial-events-end': 'true' });
  });

  it('a resource version that the server has forgotten is Expired', () => {
    const api = createApi({ kubernetesVersion: '1.33.5', historyLimit: 4 });
    api.stop();
    const { core } = api;
    assert.ok(core.store.oldestRevision > 1);
    assert.ok(core.store.since('namespaces.', 0).length < 4);
  });
});
