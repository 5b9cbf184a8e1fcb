import assert from 'node:assert/strict';
import { AppsV1Api, CoreV1Api, type KubernetesObjectApi } from '@kubernetes/client-node';
import { onEachCluster } from './each-cluster.ts';
import {
  configMap,
  deployment,
  eventually,
  get,
  objectsOf,
  pod,
  raw,
  refusal,
  startTestCluster,
  typed,
  withNode,
  type TestCluster,
} from './start.ts';

onEachCluster('From creation to deletion', (kind) => {
  let test: TestCluster;
  let objects: KubernetesObjectApi;
  let core: CoreV1Api;
  const isThere = async (path: string): Promise<boolean> => (await raw(test.config, path)).status === 200;

  before(async () => {
    test = await startTestCluster(kind, withNode);
    objects = objectsOf(test.config);
    core = test.config.makeApiClient(CoreV1Api);
  });
  after(() => (test as TestCluster | undefined)?.cluster.stop());

  it('a deleted object answers with a Status that names it', async () => {
    await objects.create(configMap('named'));
    const { body } = await raw(test.config, '/api/v1/namespaces/default/configmaps/named', { method: 'DELETE' });
    assert.deepEqual(
      [body['kind'], body['status'], get(body, 'details', 'name'), get(body, 'details', 'kind')],
      ['Status', 'Success', 'named', 'configmaps'],
    );
  });

  it('a finalizer keeps an object until it is removed', async () => {
    const path = '/api/v1/namespaces/default/configmaps/held';
    await objects.create(configMap('held', {}, { finalizers: ['example.io/wait'] }));
    const { body } = await raw(test.config, path, { method: 'DELETE' });
    assert.match(String(get(body, 'metadata', 'deletionTimestamp')), /^\d{4}-/);
    assert.ok(await isThere(path));
    await raw(test.config, path, {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: { metadata: { finalizers: null } },
    });
    assert.ok(!(await isThere(path)));
  });

  it('a delete with another uid as precondition is a conflict', async () => {
    await objects.create(configMap('mine'));
    const body = { preconditions: { uid: 'other' } };
    const { status } = await raw(test.config, '/api/v1/namespaces/default/configmaps/mine', { method: 'DELETE', body });
    assert.equal(status, 409);
  });

  it('dependents go with their owner', async () => {
    const owner = await objects.create(configMap('owner'));
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata?.uid }];
    await objects.create(configMap('child', {}, { ownerReferences }));
    await objects.delete(configMap('owner'));
    await eventually(
      () => isThere('/api/v1/namespaces/default/configmaps/child'),
      (there) => !there,
    );
  });

  it('orphaned dependents stay and forget their owner', async () => {
    const owner = await objects.create(configMap('parent'));
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'parent', uid: owner.metadata?.uid }];
    await objects.create(configMap('orphan', {}, { ownerReferences }));
    await objects.delete(configMap('parent'), undefined, undefined, undefined, undefined, 'Orphan');
    await eventually(
      () => isThere('/api/v1/namespaces/default/configmaps/parent'),
      (there) => !there,
    );
    const left = await core.readNamespacedConfigMap({ name: 'orphan', namespace: 'default' });
    assert.equal(left.metadata?.ownerReferences, undefined);
  });

  it('foreground deletion waits for the dependents', async () => {
    await objects.create(deployment('front'));
    const count = async (): Promise<number> =>
      (await core.listNamespacedPod({ namespace: 'default', labelSelector: 'app=front' })).items.length;
    await eventually(count, (pods) => pods === 1);
    await objects.delete(deployment('front'), undefined, undefined, undefined, undefined, 'Foreground');
    await eventually(
      () => isThere('/apis/apps/v1/namespaces/default/deployments/front'),
      (there) => !there,
    );
    assert.equal(await count(), 0);
  });

  it('a deployment becomes ready, and its pods answer logs', async () => {
    await objects.create(deployment('live'));
    const apps = test.config.makeApiClient(AppsV1Api);
    await eventually(
      () => apps.readNamespacedDeployment({ name: 'live', namespace: 'default' }),
      ({ status }) => status?.readyReplicas === 1,
    );
    const { items } = await core.listNamespacedPod({ namespace: 'default', labelSelector: 'app=live' });
    const log = await core.readNamespacedPodLog({ name: items[0]?.metadata?.name ?? '', namespace: 'default' });
    assert.match(log, /container main started/);
  });

  it('a namespace takes everything in it along', async () => {
    await core.createNamespace({ body: typed({ metadata: { name: 'temporary' } }) });
    await objects.create(configMap('inside', {}, { namespace: 'temporary' }));
    await core.deleteNamespace({ name: 'temporary' });
    await eventually(
      () => isThere('/api/v1/namespaces/temporary'),
      (there) => !there,
    );
    assert.ok(!(await test.cluster.dump()).some(({ metadata }) => metadata.namespace === 'temporary'));
  });

  it('nothing new enters a namespace that is ending', async () => {
    await core.createNamespace({ body: typed({ metadata: { name: 'ending' } }) });
    await objects.create(configMap('slow', {}, { namespace: 'ending', finalizers: ['example.io/wait'] }));
    await core.deleteNamespace({ name: 'ending' });
    await assert.rejects(
      objects.create(configMap('late', {}, { namespace: 'ending' })),
      refusal(
        403,
        'configmaps "late" is forbidden: unable to create new content in namespace ending because it is being terminated',
      ),
    );
  });

  it('the default namespace cannot be deleted', async () => {
    await assert.rejects(
      core.deleteNamespace({ name: 'default' }),
      refusal(403, 'namespaces "default" is forbidden: this namespace may not be deleted'),
    );
  });

  const levels: readonly (readonly [string, object, string])[] = [
    ['baseline', { hostNetwork: true }, 'violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)'],
    [
      'baseline',
      { volumes: [{ name: 'lock', hostPath: { path: '/run' } }] },
      'violates PodSecurity "baseline:latest": hostPath volumes (volume "lock")',
    ],
    [
      'baseline',
      {
        containers: [{ name: 'nmi', image: 'x', securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } } }],
      },
      'violates PodSecurity "baseline:latest": non-default capabilities (container "nmi" must not include "NET_ADMIN", "NET_RAW" in securityContext.capabilities.add)',
    ],
    [
      'restricted',
      {},
      'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
  ];
  for (const [index, [level, spec, message]] of levels.entries()) {
    it(`a namespace that enforces ${level} refuses ${Object.keys(spec)[0] ?? 'an ordinary pod'} (${index})`, async () => {
      const namespace = `guarded-${index}`;
      await core.createNamespace({
        body: typed({ metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': level } } }),
      });
      await eventually(
        () => isThere(`/api/v1/namespaces/${namespace}/serviceaccounts/default`),
        (there) => there,
      );
      await assert.rejects(
        objects.create(pod('p', spec, { namespace })),
        refusal(403, `pods "p" is forbidden: ${message}`, 'Forbidden'),
      );
    });
  }

  it('a workload in a guarded namespace is accepted with a warning', async () => {
    const { status, headers } = await raw(test.config, '/apis/apps/v1/namespaces/guarded-0/deployments', {
      method: 'POST',
      body: {
        ...deployment('warned', {
          template: {
            metadata: { labels: { app: 'warned' } },
            spec: { hostNetwork: true, containers: [{ name: 'm', image: 'x' }] },
          },
        }),
        metadata: { name: 'warned' },
      },
    });
    assert.equal(status, 201);
    assert.match(
      headers.warning ?? '',
      /would violate PodSecurity \\"baseline:latest\\": host namespaces \(hostNetwork=true\)/,
    );
  });
});
