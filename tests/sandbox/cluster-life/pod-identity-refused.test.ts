import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { RbacAuthorizationV1Api, type V1Pod } from '@kubernetes/client-node';
import { KUBELET_CLIENT_ID, SCALE_SET } from './azure-double.ts';
import {
  SHOP_ID,
  SHOP_CLIENT,
  STOCK_ID,
  STOCK_CLIENT,
  FAST_NMI,
  tokenPath,
  assigned,
  bind,
  ask,
  logged,
  setArguments,
  nmiRuns,
  start,
} from './pod-identity.ts';
import { apply, deployment, eventually, node, podsOf, readyPod, startWorld, type World } from './world.ts';

describe('AAD Pod Identity that lacks something', () => {
  let world: World;
  let rbac: RbacAuthorizationV1Api;
  beforeEach(async () => {
    world = await start();
    rbac = world.config.makeApiClient(RbacAuthorizationV1Api);
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
    await rbac.deleteClusterRoleBinding({ name: 'aad-pod-id-mic-binding' });
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
    await rbac.deleteClusterRoleBinding({ name: 'aad-pod-id-nmi-binding' });
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
