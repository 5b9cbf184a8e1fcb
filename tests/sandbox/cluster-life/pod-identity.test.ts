import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { identityId, KUBELET_CLIENT_ID, KUBELET_ID, SCALE_SET } from './azure-double.ts';
import { apply, deployment, eventually, exec, node, podsOf, readyPod, startWorld, type World } from './world.ts';

const group = 'aadpodidentity.k8s.io';
const SHOP_ID = identityId('apps', 'Shop');
const SHOP_CLIENT = 'cccccccc-0000-4000-8000-00000000000c';
const STOCK_ID = identityId('apps', 'stock');
const STOCK_CLIENT = 'dddddddd-0000-4000-8000-00000000000d';

interface Assigned {
  readonly metadata: { name: string; namespace: string; finalizers?: string[] };
  readonly spec: {
    pod: string;
    podNamespace: string;
    nodename: string;
    azureIdentityRef: { metadata: { name: string } };
  };
  readonly status: { status: string };
}

async function assigned(world: World): Promise<Assigned[]> {
  const found: unknown = await world.custom.listClusterCustomObject({
    group,
    version: 'v1',
    plural: 'azureassignedidentities',
  });
  return (found as { items: Assigned[] }).items;
}

async function bind(
  world: World,
  name: string,
  spec: {
    readonly id: string;
    readonly clientId: string;
    readonly selector?: string;
    readonly namespace?: string;
    readonly annotations?: object;
  },
): Promise<void> {
  const namespace = spec.namespace ?? 'default';
  const apiVersion = `${group}/v1`;
  const metadata = { name, namespace, annotations: spec.annotations ?? {} };
  const identity = {
    apiVersion,
    kind: 'AzureIdentity',
    metadata,
    spec: { type: 0, resourceID: spec.id, clientID: spec.clientId },
  };
  const binding = {
    apiVersion,
    kind: 'AzureIdentityBinding',
    metadata: { name: `${name}-binding`, namespace },
    spec: { azureIdentity: name, selector: spec.selector ?? name },
  };
  await apply(world, JSON.stringify(identity));
  await apply(world, JSON.stringify(binding));
}

async function unbind(world: World, name: string): Promise<void> {
  for (const [plural, object] of [
    ['azureidentitybindings', `${name}-binding`],
    ['azureidentities', name],
  ] as const) {
    await world.custom.deleteNamespacedCustomObject({
      group,
      version: 'v1',
      namespace: 'default',
      plural,
      name: object,
    });
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What 169.254.169.254 answers inside the pod. */
async function ask(world: World, pod: V1Pod, path: string, header = 'Metadata: true'): Promise<Answer> {
  const command = ['curl', '-s', '-H', header, '-w', '\n%{http_code}', `http://169.254.169.254${path}`];
  const { stdout } = await exec(world, pod, command);
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}

const tokenPath = (query = ''): string =>
  `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net${query}`;

async function logOf(world: World, labelSelector: string): Promise<string> {
  const pods = await podsOf(world, labelSelector);
  const logs = pods.map(async ({ metadata }) =>
    world.core.readNamespacedPodLog({ namespace: 'default', name: metadata?.name ?? '' }).catch(() => ''),
  );
  return (await Promise.all(logs)).join('');
}

async function logged(world: World, labelSelector: string, text: RegExp): Promise<void> {
  await eventually(async () => {
    assert.match(await logOf(world, labelSelector), text);
  });
}

async function setArguments(
  world: World,
  kind: 'DaemonSet' | 'Deployment',
  name: string,
  args: readonly string[],
): Promise<void> {
  const patch = {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'default' },
    spec: { template: { spec: { containers: [{ name, args }] } } },
  };
  await world.objects.patch(patch as never);
}

/** Every NMI pod is there, ready, and leads its node's requests to itself. */
async function nmiRuns(world: World): Promise<void> {
  await eventually(async () => {
    const { status, metadata } = await world.apps.readNamespacedDaemonSet({ name: 'nmi', namespace: 'default' });
    assert.deepEqual(
      [status?.numberReady, status?.updatedNumberScheduled, status?.observedGeneration],
      [2, 2, metadata?.generation],
    );
    const logs = (await logOf(world, 'component=nmi')).match(/listening on 127\.0\.0\.1:2579/g) ?? [];
    assert.equal(logs.length, 2);
  });
}

const FAST_NMI = [
  '--node=$(NODE_NAME)',
  '--retry-attempts-for-created=2',
  '--retry-attempts-for-assigned=2',
  '--find-identity-retry-interval=1',
];

async function start(spec: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld({ nodes: [node('node-0', 'linux'), node('node-1', 'linux')], ...spec });
  world.identities.set(SHOP_ID.toLowerCase(), SHOP_CLIENT).set(STOCK_ID.toLowerCase(), STOCK_CLIENT);
  await apply(world, 'definitions.yaml');
  return world;
}

describe('AAD Pod Identity in the sandbox', () => {
  let world: World;
  let shop: V1Pod;
  before(async () => {
    world = await start();
    await apply(world, 'programs.yaml');
    await nmiRuns(world);
    await bind(world, 'shop', { id: SHOP_ID, clientId: SHOP_CLIENT });
    await apply(world, deployment('shop', { labels: { aadpodidbinding: 'shop' } }));
    await apply(world, deployment('plain'));
    shop = await readyPod(world, 'app=shop');
  });
  after(async () => world.stop());

  it('MIC assigns the identity to the pod and puts it on the scale set', async () => {
    const one = await eventually(async () => {
      const [found] = await assigned(world);
      assert.equal(found?.status.status, 'Assigned');
      return found;
    });
    const name = shop.metadata?.name ?? '';
    assert.deepEqual(
      [one.metadata.name, one.metadata.namespace, one.spec.pod, one.spec.podNamespace, one.spec.nodename],
      [`${name}-default-shop`, 'default', name, 'default', shop.spec?.nodeName],
    );
    assert.deepEqual(one.metadata.finalizers, [`azureassignedidentity.finalizers.${group}`]);
    assert.deepEqual([...world.attached], [KUBELET_ID.toLowerCase(), SHOP_ID.toLowerCase()]);
  });

  it('MIC speaks to Azure as the kubelet identity, GET then PATCH of what differs, at 2019-12-01', () => {
    const path = /\/virtualMachineScaleSets\/aks-nodepool1-12345678-vmss\?api-version=2019-12-01$/;
    assert.deepEqual(
      world.calls.map(({ method }) => method),
      ['GET', 'PATCH'],
    );
    assert.ok(world.calls.every((call) => path.test(call.path)));
    assert.ok(
      world.calls.every(({ token }) => token === `token of ${KUBELET_CLIENT_ID} for https://management.azure.com/`),
    );
    const identity = { type: 'UserAssigned', userAssignedIdentities: { [SHOP_ID.toLowerCase()]: {} } };
    assert.deepEqual(world.calls[1]?.body, { identity });
  });

  it('MIC writes an event for the binding', async () => {
    await eventually(async () => {
      const { items } = await world.core.listNamespacedEvent({ namespace: 'default' });
      const applied = items.find(({ reason }) => reason === 'binding applied');
      assert.match(
        applied?.message ?? '',
        /^Binding shop-binding applied on node node-\d for pod shop-.*-default-shop$/,
      );
      assert.equal(applied?.involvedObject.kind, 'AzureIdentityBinding');
    });
  });

  it('one of two MIC pods leads, by an Endpoints object', async () => {
    const { metadata } = await world.core.readNamespacedEndpoints({
      name: 'aad-pod-identity-mic',
      namespace: 'default',
    });
    const record = JSON.parse(metadata?.annotations?.['control-plane.alpha.kubernetes.io/leader'] ?? '{}') as {
      holderIdentity?: string;
    };
    const names = (await podsOf(world, 'app=mic')).map((pod) => pod.metadata?.name);
    assert.ok(names.includes(record.holderIdentity));
    assert.equal((await logOf(world, 'app=mic')).match(/successfully acquired lease/g)?.length, 1);
  });

  it('a token through NMI has exactly NMI’s fields', async () => {
    const { status, body } = await ask(world, shop, tokenPath());
    assert.equal(status, 200, body);
    const token = JSON.parse(body) as Record<string, string>;
    const fields = [
      'access_token',
      'refresh_token',
      'expires_in',
      'expires_on',
      'not_before',
      'resource',
      'token_type',
    ];
    assert.deepEqual(Object.keys(token), fields);
    assert.equal(token['access_token'], `token of ${SHOP_CLIENT} for https://vault.azure.net`);
    assert.equal(token['refresh_token'], '');
  });

  for (const [what, query] of [
    ['its client id', `&client_id=${SHOP_CLIENT}`],
    ['its resource id', `&mi_res_id=${encodeURIComponent(SHOP_ID)}`],
    ['its resource id by the old name', `&msi_res_id=${encodeURIComponent(SHOP_ID)}`],
  ] as const) {
    it(`a request that names the identity by ${what} gets the token`, async () => {
      const { status, body } = await ask(world, shop, tokenPath(query));
      assert.equal(status, 200, body);
    });
  }

  const refusals: readonly (readonly [string, string, string, number, RegExp])[] = [
    [
      'without the Metadata header',
      tokenPath(),
      'x: y',
      400,
      /^{"error":"invalid_request","error_description":"Required metadata header not specified"}\n$/,
    ],
    ['with the header False', tokenPath(), 'Metadata: False', 400, /Required metadata header not specified/],
    [
      'without a resource',
      '/metadata/identity/oauth2/token?api-version=2018-02-01',
      'Metadata: true',
      400,
      /^parameter resource cannot be empty\n$/,
    ],
    [
      'with a crooked token path',
      '/metadata/identity//oauth2/token?resource=x',
      'Metadata: true',
      400,
      /^Invalid request\n$/,
    ],
    [
      'of the host’s own path',
      '/host/token/?resource=x',
      'Metadata: true',
      400,
      /^missing 'podname' and 'podns' from request header\n$/,
    ],
    [
      'of other metadata without the header',
      '/metadata/instance?api-version=2021-02-01',
      'x: y',
      400,
      /Required metadata header not specified/,
    ],
  ];
  for (const [what, path, header, status, text] of refusals) {
    it(`a request ${what} is refused in NMI’s words`, async () => {
      const answer = await ask(world, shop, path, header);
      assert.equal(answer.status, status);
      assert.match(answer.body, text);
    });
  }

  it('other metadata is handed on', async () => {
    const { status, body } = await ask(world, shop, '/metadata/instance?api-version=2021-02-01');
    assert.equal(status, 200);
    assert.match(body, new RegExp(SCALE_SET));
  });

  it('a pod without a binding waits, and gets 404 with the attempts in it', async () => {
    const plain = await readyPod(world, 'app=plain');
    const started = Date.now();
    const { status, body } = await ask(world, plain, tokenPath());
    assert.equal(status, 404);
    const name = `default/${plain.metadata?.name ?? ''}`;
    assert.equal(
      body,
      `getting assigned identities for pod ${name} in CREATED state failed after 16 attempts, retry duration [5]s, error: <nil>. Check MIC pod logs for identity assignment errors\n`,
    );
    assert.ok(Date.now() - started > 3500, '80 seconds, scaled to 4');
  });

  it('a pod on the network of its node goes past NMI', async () => {
    await apply(world, deployment('onhost', { spec: { hostNetwork: true } }));
    const { status, body } = await ask(
      world,
      await readyPod(world, 'app=onhost'),
      tokenPath(`&client_id=${SHOP_CLIENT}`),
    );
    assert.equal(status, 200, body);
    assert.equal((JSON.parse(body) as { client_id: string }).client_id, SHOP_CLIENT);
  });

  it('an excepted pod gets the machine’s identities through NMI, in NMI’s form', async () => {
    const spec = { podLabels: { app: 'PLAIN' } };
    const metadata = { name: 'plain', namespace: 'default' };
    await apply(
      world,
      JSON.stringify({ apiVersion: `${group}/v1`, kind: 'AzurePodIdentityException', metadata, spec }),
    );
    const plain = await readyPod(world, 'app=plain');
    await eventually(async () => {
      const named = await ask(world, plain, tokenPath(`&client_id=${KUBELET_CLIENT_ID}`));
      assert.equal(named.status, 200);
      assert.ok(!('client_id' in (JSON.parse(named.body) as object)));
    });
    const unnamed = await ask(world, plain, tokenPath());
    assert.equal(unnamed.status, 403);
    assert.match(
      unnamed.body,
      /^failed to get service principal token, error: adal: Refresh request failed\. Status Code = '400'\. Response body: .*Multiple user assigned identities exist/,
    );
    await world.custom.deleteNamespacedCustomObject({
      group,
      version: 'v1',
      namespace: 'default',
      plural: 'azurepodidentityexceptions',
      name: 'plain',
    });
  });

  it('an identity that left the scale set is 403 with the metadata service’s own words', async () => {
    world.attached.delete(SHOP_ID.toLowerCase());
    const { status, body } = await ask(world, shop, tokenPath());
    assert.equal(status, 403);
    assert.match(body, /^adal: Refresh request failed\. Status Code = '400'\. Response body: .*Identity not found/);
  });

  it('MIC puts back, by and by, what was taken off the scale set', async () => {
    await eventually(() => {
      assert.ok(world.attached.has(SHOP_ID.toLowerCase()));
    }, 15_000);
    await logged(
      world,
      'app=mic',
      /reconciling identity assignment for \[.*Shop\] on node aks-nodepool1-12345678-vmss/,
    );
  });

  it('an identity with a bad resource id is ignored, in the log', async () => {
    await bind(world, 'bad', { id: '', clientId: 'x' });
    await logged(
      world,
      'app=mic',
      /ignoring azure identity default\/bad, error: invalid resource id: "", must match \/subscriptions\/<subid>/,
    );
    await unbind(world, 'bad');
  });

  it('a changed identity is assigned anew and the old one leaves the scale set', async () => {
    const spec = { resourceID: STOCK_ID, clientID: STOCK_CLIENT };
    const patch = {
      apiVersion: `${group}/v1`,
      kind: 'AzureIdentity',
      metadata: { name: 'shop', namespace: 'default' },
      spec,
    };
    await world.objects.patch(
      patch as never,
      undefined,
      undefined,
      undefined,
      undefined,
      'application/merge-patch+json' as never,
    );
    await eventually(() => {
      assert.deepEqual([...world.attached].sort(), [KUBELET_ID.toLowerCase(), STOCK_ID.toLowerCase()].sort());
    });
    await eventually(async () => {
      assert.match((await ask(world, shop, tokenPath())).body, new RegExp(`token of ${STOCK_CLIENT}`));
    });
  });

  it('an identity stays on the scale set while another pod of it uses the identity, and leaves with the last', async () => {
    await apply(world, deployment('second', { labels: { aadpodidbinding: 'shop' } }));
    await eventually(async () => {
      assert.deepEqual(
        (await assigned(world)).map(({ status }) => status.status),
        ['Assigned', 'Assigned'],
      );
    });
    await world.apps.deleteNamespacedDeployment({ name: 'shop', namespace: 'default' });
    await eventually(async () => {
      assert.equal((await assigned(world)).length, 1);
    });
    assert.ok(world.attached.has(STOCK_ID.toLowerCase()));
    await unbind(world, 'shop');
    await eventually(async () => {
      assert.deepEqual([(await assigned(world)).length, [...world.attached]], [0, [KUBELET_ID.toLowerCase()]]);
    });
  });

  it('the kubelet identity itself is never taken off', async () => {
    await bind(world, 'kubelet', { id: KUBELET_ID, clientId: KUBELET_CLIENT_ID, selector: 'shop' });
    await eventually(async () => {
      assert.equal((await assigned(world))[0]?.status.status, 'Assigned');
    });
    await unbind(world, 'kubelet');
    await eventually(async () => {
      assert.equal((await assigned(world)).length, 0);
    });
    assert.deepEqual([...world.attached], [KUBELET_ID.toLowerCase()]);
  });

  it('with NMI gone, a pod reaches the metadata service itself', async () => {
    const second = await readyPod(world, 'app=second');
    await world.apps.deleteNamespacedDaemonSet({ name: 'nmi', namespace: 'default' });
    await eventually(async () => {
      const { status, body } = await ask(world, second, tokenPath());
      assert.equal(status, 200, body);
      assert.equal((JSON.parse(body) as { client_id?: string }).client_id, KUBELET_CLIENT_ID);
    });
  });

  it('when the leader goes, the other MIC takes over', async () => {
    const lock = async (): Promise<string> => {
      const { metadata } = await world.core.readNamespacedEndpoints({
        name: 'aad-pod-identity-mic',
        namespace: 'default',
      });
      return (
        JSON.parse(metadata?.annotations?.['control-plane.alpha.kubernetes.io/leader'] ?? '{}') as {
          holderIdentity: string;
        }
      ).holderIdentity;
    };
    const leader = await lock();
    await world.core.deleteNamespacedPod({ name: leader, namespace: 'default' });
    await eventually(async () => {
      assert.notEqual(await lock(), leader);
    });
  });
});

describe('AAD Pod Identity that lacks something', () => {
  let world: World;
  beforeEach(async () => {
    world = await start();
  });
  afterEach(async () => world.stop());

  const bound = async (): Promise<V1Pod> => {
    await bind(world, 'shop', { id: SHOP_ID, clientId: SHOP_CLIENT });
    await apply(world, deployment('shop', { labels: { aadpodidbinding: 'shop' } }));
    return readyPod(world, 'app=shop');
  };
  const hurryNmi = async (): Promise<void> => {
    await setArguments(world, 'DaemonSet', 'nmi', FAST_NMI);
    await nmiRuns(world);
  };

  for (const [code, refused] of [
    [
      'AuthorizationFailed',
      "does not have authorization to perform action 'Microsoft.Compute/virtualMachineScaleSets/write'",
    ],
    [
      'LinkedAuthorizationFailed',
      `has permission to perform action on scope; however, it does not have permission to perform action(s) 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '${SHOP_ID}'`,
    ],
  ] as const) {
    it(`${code} from Azure stands in MIC’s log and event, and the identity stays Created`, async () => {
      world.refusals.patch = { status: 403, code, message: `The client 'x' ${refused}` };
      await apply(world, 'programs.yaml');
      await hurryNmi();
      const pod = await bound();
      await logged(
        world,
        'app=mic',
        new RegExp(
          `failed to update user-assigned identities on node ${SCALE_SET} \\(add \\[1\\], del \\[0\\], update\\[0\\]\\), error: failed to update identities for ${SCALE_SET} in MC_group_cluster_westeurope, error: compute\\.VirtualMachineScaleSetsClient#Update: Failure sending request: StatusCode=403 -- Original Error: Code="${code}"`,
        ),
      );
      await eventually(async () => {
        assert.deepEqual(
          (await assigned(world)).map(({ status }) => status.status),
          ['Created'],
        );
        const { items } = await world.core.listNamespacedEvent({ namespace: 'default' });
        assert.ok(items.some(({ reason, message }) => reason === 'binding apply error' && message?.includes(code)));
      });
      const { status, body } = await ask(world, pod, tokenPath());
      assert.equal(status, 404);
      assert.match(body, /in ASSIGNED state failed after 4 attempts, retry duration \[1\]s/);
      world.refusals.patch = undefined;
      await apply(world, deployment('another', { labels: { aadpodidbinding: 'shop' } }));
      await eventually(async () => {
        assert.deepEqual(
          (await assigned(world)).map((one) => one.status.status),
          ['Assigned', 'Assigned'],
        );
      });
    });
  }

  it('MIC that may not read the scale set says so', async () => {
    world.refusals.get = { status: 403, code: 'AuthorizationFailed', message: 'The client may not' };
    await apply(world, 'programs.yaml');
    await bound();
    await logged(
      world,
      'app=mic',
      /compute\.VirtualMachineScaleSetsClient#Get: Failure responding to request: StatusCode=403 -- Original Error: autorest\/azure: Service returned an error\. Status=403 Code="AuthorizationFailed" Message="The client may not"/,
    );
  });

  it('MIC without its ClusterRoleBinding does nothing and logs forbidden', async () => {
    await apply(world, 'programs.yaml');
    await nmiRuns(world);
    await world.objects.delete({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'aad-pod-id-mic-binding' },
    });
    await world.core.deleteCollectionNamespacedPod({ namespace: 'default', labelSelector: 'app=mic' });
    await bound();
    const user = 'system:serviceaccount:default:aad-pod-id-mic-service-account';
    await logged(
      world,
      'app=mic',
      new RegExp(
        `error retrieving resource lock default/aad-pod-identity-mic: endpoints "aad-pod-identity-mic" is forbidden: User "${user}" cannot get resource "endpoints"`,
      ),
    );
    assert.deepEqual(await assigned(world), []);
    assert.deepEqual(
      world.calls.filter(({ method }) => method === 'PATCH'),
      [],
    );
  });

  it('NMI without its ClusterRoleBinding leads nothing to itself', async () => {
    await apply(world, 'programs.yaml');
    await nmiRuns(world);
    await world.objects.delete({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'aad-pod-id-nmi-binding' },
    });
    await world.core.deleteCollectionNamespacedPod({ namespace: 'default', labelSelector: 'component=nmi' });
    await logged(
      world,
      'component=nmi',
      /Failed to watch \*v1\.Pod: failed to list \*v1\.Pod: pods is forbidden: User "system:serviceaccount:default:aad-pod-id-nmi-service-account" cannot list resource "pods"/,
    );
    const pod = await bound();
    const { status, body } = await ask(world, pod, tokenPath(`&client_id=${KUBELET_CLIENT_ID}`));
    assert.equal(status, 200);
    assert.match(body, /client_id/);
  });

  it('without MIC the pod waits in vain', async () => {
    await apply(world, 'programs.yaml');
    await world.apps.deleteNamespacedDeployment({ name: 'mic', namespace: 'default' });
    await hurryNmi();
    const { status, body } = await ask(world, await bound(), tokenPath());
    assert.equal(status, 404);
    assert.match(body, /in CREATED state failed after 2 attempts, retry duration \[1\]s/);
  });

  it('a client id of another identity is 404 with the id made short', async () => {
    await apply(world, 'programs.yaml');
    await hurryNmi();
    const { status, body } = await ask(world, await bound(), tokenPath(`&client_id=${STOCK_CLIENT}`));
    assert.equal(status, 404);
    assert.match(
      body,
      /^clientID in request: dddd##### REDACTED #####000d, getting assigned identities for pod default\/shop-\S+ in CREATED state failed after 2 attempts/,
    );
  });

  it('MIC that NMI intercepts gets no token', async () => {
    await apply(world, 'programs.yaml');
    await setArguments(world, 'DaemonSet', 'nmi', [...FAST_NMI, '--MICNamespace=elsewhere']);
    await nmiRuns(world);
    await bound();
    await logged(
      world,
      'app=mic',
      /Failed to refresh the Token for request to https:\/\/management\.azure\.com\/.*: StatusCode=404 -- Original Error: adal: Refresh request failed\. Status Code = '404'\. Response body: clientID in request: .*getting assigned identities for pod default\/mic-/s,
    );
    assert.deepEqual(
      (await assigned(world)).map(({ status }) => status.status),
      ['Created'],
    );
  });

  it('namespaced mode keeps to one namespace', async () => {
    await apply(world, 'programs.yaml');
    await setArguments(world, 'Deployment', 'mic', ['--cloudconfig=/etc/kubernetes/azure.json', '--forceNamespaced']);
    await apply(world, JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apart' } }));
    await bind(world, 'shop', { id: SHOP_ID, clientId: SHOP_CLIENT, namespace: 'apart' });
    await bind(world, 'near', { id: STOCK_ID, clientId: STOCK_CLIENT, selector: 'shop' });
    await apply(world, deployment('shop', { labels: { aadpodidbinding: 'shop' } }));
    await eventually(async () => {
      const names = (await assigned(world)).map(
        ({ spec, status }) => `${spec.azureIdentityRef.metadata.name} ${status.status}`,
      );
      assert.deepEqual(names, ['near Assigned']);
    });
  });

  it('an identity that is annotated as namespaced does so for itself', async () => {
    await apply(world, 'programs.yaml');
    await apply(world, JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apart' } }));
    const annotations = { 'aadpodidentity.k8s.io/Behavior': 'namespaced' };
    await bind(world, 'shop', { id: SHOP_ID, clientId: SHOP_CLIENT, namespace: 'apart', annotations });
    await bind(world, 'stock', { id: STOCK_ID, clientId: STOCK_CLIENT, selector: 'shop', namespace: 'apart' });
    await apply(world, deployment('shop', { labels: { aadpodidbinding: 'shop' } }));
    await eventually(async () => {
      const names = (await assigned(world)).map(
        ({ spec, status }) => `${spec.azureIdentityRef.metadata.name} ${status.status}`,
      );
      assert.deepEqual(names, ['stock Assigned']);
    });
  });

  it('nothing happens before the definitions are there, and MIC begins when they are', async () => {
    const late = await startWorld({ nodes: [node('node-0', 'linux')] });
    try {
      await apply(late, 'programs.yaml');
      await logged(
        late,
        'app=mic',
        /Failed to watch \*v1\.AzureIdentityBinding: failed to list \*v1\.AzureIdentityBinding: the server could not find the requested resource/,
      );
      await apply(late, 'definitions.yaml');
      await bind(late, 'shop', { id: SHOP_ID, clientId: SHOP_CLIENT });
      await apply(late, deployment('shop', { labels: { aadpodidbinding: 'shop' } }));
      await eventually(async () => {
        assert.equal((await assigned(late))[0]?.status.status, 'Assigned');
      });
    } finally {
      await late.stop();
    }
  });

  it('MIC without its namespace in the environment crashes in a loop', async () => {
    await apply(world, 'programs.yaml');
    const containers = [{ name: 'mic', env: [{ name: 'MIC_POD_NAMESPACE', value: '', valueFrom: null }] }];
    const patch = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'mic', namespace: 'default' },
      spec: { template: { spec: { containers } } },
    };
    await world.objects.patch(patch as never);
    await eventually(async () => {
      const crashed = (await podsOf(world, 'app=mic')).filter(
        ({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff',
      );
      assert.ok(crashed.length > 0);
      assert.equal(crashed[0]?.status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode, 255);
    });
  });
});

describe('NMI on kubenet', () => {
  let world: World;
  before(async () => {
    world = await start({ networkPlugin: 'kubenet' });
    await apply(world, 'programs.yaml');
  });
  after(async () => world.stop());

  it('refuses to run and says why, in a crash loop', async () => {
    await eventually(async () => {
      const pods = await podsOf(world, 'component=nmi');
      assert.equal(pods.length, 2);
      assert.ok(pods.every(({ status }) => (status?.containerStatuses?.[0]?.restartCount ?? 0) > 0));
    });
    await logged(
      world,
      'component=nmi',
      /^F\d{4} .* AAD Pod Identity is not supported for Kubenet\. Review https:\/\/azure\.github\.io\/aad-pod-identity\/docs\/configure\/aad_pod_identity_on_kubenet\/ for more details\.$/m,
    );
    const { status } = await world.apps.readNamespacedDaemonSet({ name: 'nmi', namespace: 'default' });
    assert.equal(status?.numberReady, 0);
  });

  it('runs when the risk is accepted', async () => {
    await setArguments(world, 'DaemonSet', 'nmi', ['--node=$(NODE_NAME)', '--allow-network-plugin-kubenet']);
    await nmiRuns(world);
    await sleep(50);
    assert.equal((await podsOf(world, 'component=nmi')).length, 2);
  });
});
