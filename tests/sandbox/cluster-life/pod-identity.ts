/** AAD Pod Identity in a cluster: its objects made, its answers asked for from inside pods. */
import assert from 'node:assert/strict';
import type { V1Pod } from '@kubernetes/client-node';
import { identityId } from './azure-double.ts';
import { apply, eventually, exec, node, podsOf, startWorld, type World } from './world.ts';

export const group = 'aadpodidentity.k8s.io';
export const SHOP_ID = identityId('apps', 'Shop');
export const SHOP_CLIENT = 'cccccccc-0000-4000-8000-00000000000c';
export const STOCK_ID = identityId('apps', 'stock');
export const STOCK_CLIENT = 'dddddddd-0000-4000-8000-00000000000d';

export interface Assigned {
  readonly metadata: { name: string; namespace: string; finalizers?: string[] };
  readonly spec: {
    pod: string;
    podNamespace: string;
    nodename: string;
    azureIdentityRef: { metadata: { name: string } };
  };
  readonly status: { status: string };
}

export async function assigned(world: World): Promise<Assigned[]> {
  const found: unknown = await world.custom.listClusterCustomObject({
    group,
    version: 'v1',
    plural: 'azureassignedidentities',
  });
  return (found as { items: Assigned[] }).items;
}

export async function bind(
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

export async function unbind(world: World, name: string): Promise<void> {
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

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What 169.254.169.254 answers inside the pod. */
export async function ask(world: World, pod: V1Pod, path: string, header = 'Metadata: true'): Promise<Answer> {
  const command = ['curl', '-s', '-H', header, '-w', '\n%{http_code}', `http://169.254.169.254${path}`];
  const { stdout } = await exec(world, pod, command);
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}

export const tokenPath = (query = ''): string =>
  `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net${query}`;

export async function logOf(world: World, labelSelector: string): Promise<string> {
  const pods = await podsOf(world, labelSelector);
  const logs = pods.map(async ({ metadata }) =>
    world.core.readNamespacedPodLog({ namespace: 'default', name: metadata?.name ?? '' }).catch(() => ''),
  );
  return (await Promise.all(logs)).join('');
}

export async function logged(world: World, labelSelector: string, text: RegExp): Promise<void> {
  await eventually(async () => {
    assert.match(await logOf(world, labelSelector), text);
  });
}

export async function setArguments(
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
export async function nmiRuns(world: World): Promise<void> {
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

export const FAST_NMI = [
  '--node=$(NODE_NAME)',
  '--retry-attempts-for-created=2',
  '--retry-attempts-for-assigned=2',
  '--find-identity-retry-interval=1',
];

export async function start(spec: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld({ nodes: [node('node-0', 'linux'), node('node-1', 'linux')], ...spec });
  world.identities.set(SHOP_ID.toLowerCase(), SHOP_CLIENT).set(STOCK_ID.toLowerCase(), STOCK_CLIENT);
  await apply(world, 'definitions.yaml');
  return world;
}
