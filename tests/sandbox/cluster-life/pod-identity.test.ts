import assert from 'node:assert/strict';
import type { V1Pod } from '@kubernetes/client-node';
import { KUBELET_CLIENT_ID, KUBELET_ID, SCALE_SET } from './azure-double.ts';
import {
  group,
  SHOP_ID,
  SHOP_CLIENT,
  STOCK_ID,
  STOCK_CLIENT,
  tokenPath,
  assigned,
  bind,
  unbind,
  ask,
  logOf,
  logged,
  nmiRuns,
  start,
} from './pod-identity.ts';
import { apply, deployment, eventually, podsOf, readyPod, type World } from './world.ts';

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
    const path = '/virtualMachineScaleSets/aks-nodepool1-12345678-vmss?api-version=2019-12-01';
    assert.deepEqual(
      world.calls.map(({ method }) => method),
      ['GET', 'PATCH'],
    );
    assert.ok(world.calls.every((call) => call.path.endsWith(path)));
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
      'application/merge-patch+json',
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
