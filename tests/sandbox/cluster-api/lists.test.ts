import assert from 'node:assert/strict';
import { CoreV1Api, type KubernetesObjectApi } from '@kubernetes/client-node';
import { onEachCluster } from './each-cluster.ts';
import { configMap, get, objectsOf, pod, raw, refusal, startTestCluster, type TestCluster } from './start.ts';

onEachCluster('Lists', (kind) => {
  let test: TestCluster;
  let objects: KubernetesObjectApi;
  let core: CoreV1Api;

  before(async () => {
    test = await startTestCluster(kind);
    objects = objectsOf(test.config);
    core = test.config.makeApiClient(CoreV1Api);
    for (const [name, labels] of Object.entries({
      a: { app: 'web', tier: 'front' },
      b: { app: 'web', tier: 'back' },
      c: { app: 'db' },
      d: {},
    })) {
      await objects.create(pod(name, {}, { labels }));
    }
  });
  after(() => (test as TestCluster | undefined)?.cluster.stop());

  const selectors: readonly (readonly [string, readonly string[]])[] = [
    ['app=web', ['a', 'b']],
    ['app==web,tier=front', ['a']],
    ['app!=web', ['c', 'd']],
    ['app in (web, db)', ['a', 'b', 'c']],
    ['app notin (web)', ['c', 'd']],
    ['tier', ['a', 'b']],
    ['!app', ['d']],
    ['app in (web),tier notin (back)', ['a']],
  ];
  for (const [labelSelector, names] of selectors) {
    it(`the label selector "${labelSelector}" chooses ${names.join(' and ')}`, async () => {
      const { items } = await core.listNamespacedPod({ namespace: 'default', labelSelector });
      assert.deepEqual(
        items.map(({ metadata }) => metadata?.name),
        names,
      );
    });
  }

  const fields: readonly (readonly [string, readonly string[]])[] = [
    ['metadata.name=a', ['a']],
    ['status.phase=Pending,metadata.name!=a', ['b', 'c', 'd']],
    ['status.phase=Running', []],
    ['spec.nodeName=', ['a', 'b', 'c', 'd']],
  ];
  for (const [fieldSelector, names] of fields) {
    it(`the field selector "${fieldSelector}" chooses ${names.join(', ') || 'nothing'}`, async () => {
      const { items } = await core.listNamespacedPod({ namespace: 'default', fieldSelector });
      assert.deepEqual(
        items.map(({ metadata }) => metadata?.name),
        names,
      );
    });
  }

  it('a field that the kind does not offer is refused', async () => {
    const list = core.listNamespacedPod({ namespace: 'default', fieldSelector: 'spec.hostname=x' });
    await assert.rejects(list, refusal(400, 'field label not supported: spec.hostname', 'BadRequest'));
  });

  it('a malformed label selector is refused', async () => {
    await assert.rejects(
      core.listNamespacedPod({ namespace: 'default', labelSelector: 'a b c' }),
      refusal(400, /unable to parse requirement/),
    );
  });

  it('pages of two lead through all pods, and say how many are left', async () => {
    const first = await core.listNamespacedPod({ namespace: 'default', limit: 2 });
    assert.deepEqual([first.items.length, first.metadata?.remainingItemCount], [2, 2]);
    const token = first.metadata?._continue;
    assert.ok(token);
    const second = await core.listNamespacedPod({ namespace: 'default', limit: 2, _continue: token });
    assert.deepEqual(
      second.items.map(({ metadata }) => metadata?.name),
      ['c', 'd'],
    );
    assert.equal(second.metadata?._continue, undefined);
  });

  it('a broken continue token is refused', async () => {
    await assert.rejects(
      core.listNamespacedPod({ namespace: 'default', limit: 2, _continue: '%%%' }),
      refusal(400, /continue key is not valid/),
    );
  });

  it('the generic client lists any kind', async () => {
    await objects.create(configMap('listed'));
    const { items } = await objects.list('v1', 'ConfigMap', 'default');
    assert.deepEqual(
      items.map(({ metadata }) => metadata?.name),
      ['kube-root-ca.crt', 'listed'],
    );
  });

  it('items of built-in lists carry no kind of their own', async () => {
    const { body } = await raw(test.config, '/api/v1/namespaces/default/pods');
    assert.equal(body['kind'], 'PodList');
    assert.equal(get(body, 'items', 0, 'kind'), undefined);
  });

  it('a table has the columns of kubectl get', async () => {
    const { body } = await raw(test.config, '/api/v1/namespaces/default/pods', {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    });
    assert.equal(body['kind'], 'Table');
    assert.deepEqual((get(body, 'rows', 0, 'cells') as unknown[]).slice(0, 4), ['a', '0/1', 'Pending', '0']);
  });

  it('a deleted collection takes only what the selector chooses', async () => {
    await core.deleteCollectionNamespacedPod({ namespace: 'default', labelSelector: 'app=db' });
    const { items } = await core.listNamespacedPod({ namespace: 'default' });
    assert.deepEqual(
      items.map(({ metadata }) => metadata?.name),
      ['a', 'b', 'd'],
    );
  });
});
