import assert from 'node:assert/strict';
import {
  AuthorizationV1Api,
  CoreV1Api,
  RbacAuthorizationV1Api,
  type KubeConfig,
  type KubernetesObjectApi,
} from '@kubernetes/client-node';
import { onEachCluster } from './each-cluster.ts';
import {
  get,
  objectsOf,
  raw,
  refusal,
  startTestCluster,
  manifest,
  typed,
  configWithToken,
  type TestCluster,
} from './start.ts';

const GROUP = 'rbac.authorization.k8s.io';

onEachCluster('Access to the cluster', (kind) => {
  let test: TestCluster;
  let objects: KubernetesObjectApi;
  let reader: KubeConfig;

  const role = (name: string, rules: readonly object[], namespace?: string): object => ({
    apiVersion: `${GROUP}/v1`,
    kind: namespace === undefined ? 'ClusterRole' : 'Role',
    metadata: { name, namespace },
    rules,
  });
  const binding = (name: string, roleName: string, account: string, namespace?: string): object => ({
    apiVersion: `${GROUP}/v1`,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name, namespace },
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: roleName },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'default' }],
  });
  const make = (object: object): Promise<unknown> => objects.create(manifest(object));

  before(async () => {
    test = await startTestCluster(kind);
    objects = objectsOf(test.config);
    reader = await test.asServiceAccount('reader');
    await make(
      role('one-config', [
        { apiGroups: [''], resources: ['configmaps'], resourceNames: ['kube-root-ca.crt'], verbs: ['get'] },
      ]),
    );
    await make(binding('reader-one', 'one-config', 'reader'));
    await make(role('pod-lister', [{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }]));
    await make(binding('reader-pods', 'pod-lister', 'reader', 'default'));
  });
  after(() => (test as TestCluster | undefined)?.cluster.stop());

  it('no credentials are 401 with a Status', async () => {
    const anonymous = configWithToken(test.cluster, test.caPem, '');
    const { status, body } = await raw(anonymous, '/api/v1/namespaces');
    assert.deepEqual(
      [status, body['reason'], body['kind'], body['message']],
      [401, 'Unauthorized', 'Status', 'Unauthorized'],
    );
  });

  it('a token that the server did not sign is 401', async () => {
    const forged = configWithToken(test.cluster, test.caPem, 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.');
    assert.equal((await raw(forged, '/api/v1/namespaces')).status, 401);
  });

  it('the kubeconfig’s certificate is in system:masters', async () => {
    const answer = await test.config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({
      body: typed({ spec: { resourceAttributes: { verb: '*', group: '*', resource: '*' } } }),
    });
    assert.equal(answer.status?.allowed, true);
  });

  it('a token of a deleted service account is 401', async () => {
    const gone = await test.asServiceAccount('short-lived');
    await test.config
      .makeApiClient(CoreV1Api)
      .deleteNamespacedServiceAccount({ name: 'short-lived', namespace: 'default' });
    assert.equal((await raw(gone, '/version')).status, 401);
  });

  it('a refused list names the user, the resource and the namespace', async () => {
    await assert.rejects(
      reader.makeApiClient(CoreV1Api).listNamespacedSecret({ namespace: 'default' }),
      refusal(
        403,
        'secrets is forbidden: User "system:serviceaccount:default:reader" cannot list resource "secrets" in API group "" in the namespace "default"',
        'Forbidden',
      ),
    );
  });

  it('a refused get names the object, a cluster-wide one the cluster scope', async () => {
    await assert.rejects(
      reader.makeApiClient(RbacAuthorizationV1Api).readClusterRole({ name: 'view' }),
      refusal(
        403,
        'clusterroles.rbac.authorization.k8s.io "view" is forbidden: User "system:serviceaccount:default:reader" cannot get resource "clusterroles" in API group "rbac.authorization.k8s.io" at the cluster scope',
      ),
    );
  });

  it('a role binding allows in its namespace only', async () => {
    const core = reader.makeApiClient(CoreV1Api);
    assert.deepEqual((await core.listNamespacedPod({ namespace: 'default' })).items, []);
    await assert.rejects(
      core.listNamespacedPod({ namespace: 'kube-system' }),
      refusal(403, /in the namespace "kube-system"$/),
    );
    await assert.rejects(core.listPodForAllNamespaces(), refusal(403, /at the cluster scope$/));
  });

  it('resourceNames allow these names only', async () => {
    const core = reader.makeApiClient(CoreV1Api);
    assert.equal(
      (await core.readNamespacedConfigMap({ name: 'kube-root-ca.crt', namespace: 'default' })).metadata?.name,
      'kube-root-ca.crt',
    );
    await assert.rejects(
      core.readNamespacedConfigMap({ name: 'other', namespace: 'default' }),
      refusal(403, /^configmaps "other" is forbidden/),
    );
    await assert.rejects(
      core.listNamespacedConfigMap({ namespace: 'default' }),
      refusal(403, /cannot list resource "configmaps"/),
    );
  });

  it('a forbidden name is 403 whether or not it is there', async () => {
    await assert.rejects(
      reader.makeApiClient(CoreV1Api).deleteNamespacedPod({ name: 'nothing', namespace: 'default' }),
      refusal(403, /cannot delete/),
    );
  });

  it('a subresource needs a right of its own', async () => {
    const { status, body } = await raw(reader, '/api/v1/namespaces/default/pods/x/log');
    assert.equal(status, 403);
    assert.match(
      String(body['message']),
      /^pods "x" is forbidden: User .* cannot get resource "pods\/log" in API group ""/,
    );
  });

  it('discovery is open to every user, other paths are not', async () => {
    assert.equal((await raw(reader, '/apis')).status, 200);
    const { status, body } = await raw(reader, '/metrics');
    assert.equal(status, 403);
    assert.equal(body['message'], 'forbidden: User "system:serviceaccount:default:reader" cannot get path "/metrics"');
  });

  it('nobody may make a role with rights that they lack', async () => {
    await make(role('role-maker', [{ apiGroups: [GROUP], resources: ['roles', 'rolebindings'], verbs: ['create'] }]));
    await make(binding('reader-makes', 'role-maker', 'reader'));
    const wish = role('wish', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }], 'default');
    await assert.rejects(
      objectsOf(reader).create(manifest(wish)),
      refusal(
        403,
        /is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\[""\], Resources:\["secrets"\], Verbs:\["get"\]\}$/,
      ),
    );
    await objectsOf(reader).create(
      manifest(role('has', [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }], 'default')),
    );
  });

  it('nobody may bind a role with rights that they lack', async () => {
    await assert.rejects(
      objectsOf(reader).create(manifest(binding('up', 'cluster-admin', 'reader', 'default'))),
      refusal(403, /not currently held:\n\{APIGroups:\["\*"\], Resources:\["\*"\], Verbs:\["\*"\]\}/),
    );
  });

  it('the verb bind allows to bind nevertheless', async () => {
    await make(
      role('binder', [{ apiGroups: [GROUP], resources: ['clusterroles'], resourceNames: ['view'], verbs: ['bind'] }]),
    );
    await make(binding('reader-binds', 'binder', 'reader'));
    const bound = await objectsOf(reader).create(manifest(binding('bound', 'view', 'reader', 'default')));
    assert.equal(get(bound, 'roleRef', 'name'), 'view');
  });

  it('the role of a binding cannot change', async () => {
    const change = { ...(binding('reader-pods', 'view', 'reader', 'default') as Record<string, unknown>) };
    const { body: live } = await raw(test.config, `/apis/${GROUP}/v1/namespaces/default/rolebindings/reader-pods`);
    await assert.rejects(
      objects.replace(manifest({ ...change, metadata: live['metadata'] })),
      refusal(422, /roleRef: Invalid value: .*cannot change roleRef/),
    );
  });

  it('view, edit and admin collect the rules of the roles made for them', async () => {
    const view = await test.config.makeApiClient(RbacAuthorizationV1Api).readClusterRole({ name: 'view' });
    assert.ok(view.rules?.some((rule) => rule.resources?.includes('pods/log')));
    const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
    await make({
      ...role('more', [{ apiGroups: ['x.io'], resources: ['things'], verbs: ['get'] }]),
      metadata: { name: 'more', labels },
    });
    const after = await test.config.makeApiClient(RbacAuthorizationV1Api).readClusterRole({ name: 'view' });
    assert.ok(after.rules?.some((rule) => rule.resources?.includes('things')));
  });

  it('a subject access review answers for somebody else', async () => {
    const review = async (verb: string): Promise<boolean | undefined> => {
      const body = {
        spec: {
          user: 'system:serviceaccount:default:reader',
          resourceAttributes: { verb, resource: 'pods', namespace: 'default' },
        },
      };
      const answer = await test.config
        .makeApiClient(AuthorizationV1Api)
        .createSubjectAccessReview({ body: typed(body) });
      return answer.status?.allowed;
    };
    assert.deepEqual([await review('list'), await review('delete')], [true, false]);
  });

  it('a token asked for by TokenRequest is that service account’s', async () => {
    const core = test.config.makeApiClient(CoreV1Api);
    const answer = await core.createNamespacedServiceAccountToken({
      name: 'reader',
      namespace: 'default',
      body: typed({ spec: { expirationSeconds: 600 } }),
    });
    const { body } = await raw(
      configWithToken(test.cluster, test.caPem, answer.status?.token ?? ''),
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      {
        method: 'POST',
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      },
    );
    assert.equal(get(body, 'status', 'userInfo', 'username'), 'system:serviceaccount:default:reader');
  });

  it('a token for another audience does not open the API', async () => {
    const core = test.config.makeApiClient(CoreV1Api);
    const body = typed<never>({ spec: { audiences: ['api://AzureADTokenExchange'] } });
    const answer = await core.createNamespacedServiceAccountToken({ name: 'reader', namespace: 'default', body });
    assert.equal(
      (await raw(configWithToken(test.cluster, test.caPem, answer.status?.token ?? ''), '/version')).status,
      401,
    );
  });

  it('a cluster without RBAC allows everybody known', async () => {
    const open = await startTestCluster(kind, { enableRbac: false });
    try {
      const anybody = await open.asServiceAccount('anybody');
      assert.equal((await raw(anybody, '/api/v1/secrets')).status, 200);
    } finally {
      await open.cluster.stop();
    }
  });
});
