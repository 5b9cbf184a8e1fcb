import assert from 'node:assert/strict';
import { AppsV1Api, CoreV1Api, PatchStrategy, type KubernetesObjectApi } from '@kubernetes/client-node';
import { onEachCluster } from './each-cluster.ts';
import {
  configMap,
  deployment,
  get,
  objectsOf,
  pod,
  raw,
  refusal,
  startTestCluster,
  typed,
  type TestCluster,
} from './start.ts';

onEachCluster('Objects through Kubernetes’ own client', (kind) => {
  let test: TestCluster;
  let objects: KubernetesObjectApi;
  let core: CoreV1Api;

  before(async () => {
    test = await startTestCluster(kind);
    objects = objectsOf(test.config);
    core = test.config.makeApiClient(CoreV1Api);
  });
  after(() => (test as TestCluster | undefined)?.cluster.stop());

  it('a new cluster has the four namespaces', async () => {
    const { items } = await core.listNamespace();
    assert.deepEqual(
      items.map(({ metadata }) => metadata?.name),
      ['default', 'kube-node-lease', 'kube-public', 'kube-system'],
    );
  });

  it('every namespace has a default service account and the authority of the cluster', async () => {
    const account = await core.readNamespacedServiceAccount({ name: 'default', namespace: 'kube-system' });
    assert.ok(account.metadata?.uid);
    const authority = await core.readNamespacedConfigMap({ name: 'kube-root-ca.crt', namespace: 'default' });
    assert.equal(authority.data?.['ca.crt'], test.caPem);
  });

  it('a created object has uid, creation time in seconds and a resource version', async () => {
    const { body } = await raw(test.config, '/api/v1/namespaces/default/configmaps', {
      method: 'POST',
      body: configMap('fresh'),
    });
    assert.match(String(get(body, 'metadata', 'uid')), /^[0-9a-f-]{36}$/);
    assert.match(String(get(body, 'metadata', 'creationTimestamp')), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.match(String(get(body, 'metadata', 'resourceVersion')), /^\d+$/);
  });

  it('generateName gets five letters', async () => {
    const created = await objects.create(configMap('', {}, { name: undefined, generateName: 'made-' }));
    assert.match(String(created.metadata?.name), /^made-[a-z0-9]{5}$/);
  });

  it('creating a name twice is AlreadyExists', async () => {
    await objects.create(configMap('twice'));
    await assert.rejects(
      objects.create(configMap('twice')),
      refusal(409, 'configmaps "twice" already exists', 'AlreadyExists'),
    );
  });

  it('reading what is not there is NotFound with group and name', async () => {
    const apps = test.config.makeApiClient(AppsV1Api);
    await assert.rejects(
      apps.readNamespacedDeployment({ name: 'nope', namespace: 'default' }),
      refusal(404, 'deployments.apps "nope" not found', 'NotFound'),
    );
  });

  it('creating in a namespace that is not there is NotFound', async () => {
    await assert.rejects(
      core.createNamespacedConfigMap({ namespace: 'nowhere', body: typed({ metadata: { name: 'x' } }) }),
      refusal(404, 'namespaces "nowhere" not found', 'NotFound'),
    );
  });

  it('a namespace in the body other than that of the path is refused', async () => {
    const { status, body } = await raw(test.config, '/api/v1/namespaces/kube-public/configmaps', {
      method: 'POST',
      body: configMap('x'),
    });
    assert.equal(status, 400);
    assert.equal(
      body['message'],
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  });

  it('an update with a stale resource version is a conflict', async () => {
    const first = await objects.create(configMap('stale', { a: '1' }));
    await objects.replace({ ...first, data: { a: '2' } });
    await assert.rejects(
      objects.replace({ ...first, data: { a: '3' } }),
      refusal(409, /^Operation cannot be fulfilled on configmaps "stale": the object has been modified/, 'Conflict'),
    );
  });

  it('an update that changes nothing keeps the resource version', async () => {
    const first = await objects.create(configMap('calm', { a: '1' }));
    const second = await objects.replace(first);
    assert.equal(second.metadata?.resourceVersion, first.metadata?.resourceVersion);
  });

  it('the generation counts changes of the spec, not of labels or status', async () => {
    await objects.create(deployment('counted'));
    const labels = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'counted', namespace: 'default', labels: { a: 'b' } },
    };
    const labelled = await objects.patch(labels, undefined, undefined, undefined, undefined, PatchStrategy.MergePatch);
    assert.equal(get(labelled, 'metadata', 'generation'), 1);
    const apps = test.config.makeApiClient(AppsV1Api);
    await apps.patchNamespacedDeploymentScale({
      name: 'counted',
      namespace: 'default',
      body: [{ op: 'replace', path: '/spec/replicas', value: 3 }],
    });
    const now = await apps.readNamespacedDeployment({ name: 'counted', namespace: 'default' });
    assert.equal(now.metadata?.generation, 2);
    assert.equal(now.spec?.replicas, 3);
  });

  it('a deployment gets the defaults of the real server', async () => {
    const made = (await objects.create(deployment('defaults'))) as unknown as { spec: Record<string, unknown> };
    assert.equal(made.spec['replicas'], 1);
    assert.equal(made.spec['revisionHistoryLimit'], 10);
    assert.equal(made.spec['progressDeadlineSeconds'], 600);
    assert.deepEqual(get(made, 'spec', 'strategy'), {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
    });
    assert.deepEqual(get(made, 'spec', 'template', 'spec'), {
      containers: [
        {
          name: 'main',
          image: 'nginx:1.27',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    });
  });

  it('a daemon set gets probe, volume, field and quantity defaults', async () => {
    const container = {
      name: 'nmi',
      image: 'nmi',
      env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
      livenessProbe: { httpGet: { path: '/healthz', port: 8085 } },
      resources: { limits: { cpu: '1000m', memory: '1024Mi' } },
    };
    const template = {
      metadata: { labels: { a: 'b' } },
      spec: { containers: [container], volumes: [{ name: 'lock', hostPath: { path: '/run/xtables.lock' } }] },
    };
    const body = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'nmi', namespace: 'default' },
      spec: { selector: { matchLabels: { a: 'b' } }, template },
    };
    const made = await objects.create(body);
    const spec = get(made, 'spec', 'template', 'spec');
    assert.deepEqual(get(made, 'spec', 'updateStrategy'), {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    });
    assert.deepEqual(get(spec, 'volumes', 0, 'hostPath'), { path: '/run/xtables.lock', type: '' });
    assert.deepEqual(get(spec, 'containers', 0, 'env', 0, 'valueFrom', 'fieldRef'), {
      apiVersion: 'v1',
      fieldPath: 'spec.nodeName',
    });
    assert.deepEqual(get(spec, 'containers', 0, 'resources'), {
      limits: { cpu: '1', memory: '1Gi' },
    });
    assert.equal(get(spec, 'containers', 0, 'imagePullPolicy'), 'Always');
    assert.deepEqual(get(spec, 'containers', 0, 'livenessProbe'), {
      httpGet: { path: '/healthz', port: 8085, scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    });
  });

  it('a pod gets its service account, its token and five minutes of tolerance', async () => {
    const made = await objects.create(pod('plain'));
    assert.equal(get(made, 'spec', 'serviceAccountName'), 'default');
    assert.match(String(get(made, 'spec', 'volumes', 0, 'name')), /^kube-api-access-/);
    assert.equal(
      get(made, 'spec', 'containers', 0, 'volumeMounts', 0, 'mountPath'),
      '/var/run/secrets/kubernetes.io/serviceaccount',
    );
    assert.equal(get(made, 'spec', 'tolerations', 1, 'tolerationSeconds'), 300);
    assert.deepEqual(get(made, 'status'), { phase: 'Pending', qosClass: 'BestEffort' });
  });

  it('a pod of a service account that is not there is refused', async () => {
    await assert.rejects(
      objects.create(pod('lost', { serviceAccountName: 'ghost' })),
      refusal(
        403,
        'pods "lost" is forbidden: error looking up service account default/ghost: serviceaccount "ghost" not found',
        'Forbidden',
      ),
    );
  });

  it('stringData of a secret becomes data', async () => {
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'default' },
      stringData: { a: 'b' },
    };
    const made = await objects.create(body);
    assert.deepEqual(
      [get(made, 'data'), get(made, 'stringData'), get(made, 'type')],
      [{ a: 'Yg==' }, undefined, 'Opaque'],
    );
  });

  it('a dry run answers with defaults and leaves nothing', async () => {
    const made = await objects.create(deployment('dry'), undefined, 'All');
    assert.equal(get(made, 'spec', 'replicas'), 1);
    await assert.rejects(
      objects.read({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'dry', namespace: 'default' } }),
      refusal(404, /not found/),
    );
  });

  it('strict validation names every unknown field', async () => {
    const body = deployment('strict', { bogus: 1 });
    const answer = await raw(test.config, '/apis/apps/v1/namespaces/default/deployments?fieldValidation=Strict', {
      method: 'POST',
      body,
    });
    assert.equal(answer.status, 400);
    assert.equal(
      answer.body['message'],
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.bogus"',
    );
  });

  it('without strict validation unknown fields are dropped with a warning', async () => {
    const answer = await raw(test.config, '/apis/apps/v1/namespaces/default/deployments', {
      method: 'POST',
      body: deployment('warned', { bogus: 1 }),
    });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.warning, '299 - "unknown field \\"spec.bogus\\""');
    assert.equal(get(answer.body, 'spec', 'bogus'), undefined);
  });

  it('a wrong type is refused with the field', async () => {
    const { status, body } = await raw(test.config, '/apis/apps/v1/namespaces/default/deployments', {
      method: 'POST',
      body: deployment('w', { replicas: 'two' }),
    });
    assert.equal(status, 400);
    assert.match(
      String(body['message']),
      /cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32/,
    );
  });

  it('a body that is neither JSON nor YAML is 415, and the server says what it takes', async () => {
    const { status, body } = await raw(test.config, '/api/v1/namespaces', {
      method: 'POST',
      body: '<namespace/>',
      type: 'application/xml',
    });
    assert.equal(status, 415);
    assert.equal(body['reason'], 'UnsupportedMediaType');
    assert.match(String(body['message']), /accepted media types include: application\/json, application\/yaml/);
  });
});
