/** A cluster with two Linux nodes and one Windows node, looked at through the Kubernetes client library. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  type KubernetesObject,
  type V1Pod,
  type V1Status,
} from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { startCluster } from '../../../sandbox/cluster/index.ts';
import type { RunningCluster } from '../../../sandbox/contracts.ts';
import type { ClusterSpec, NodeSpec } from '../../../sandbox/scenario/types.ts';
import {
  KUBELET_CLIENT_ID,
  KUBELET_ID,
  NODE_GROUP,
  SCALE_SET,
  startAzureDouble,
  SUBSCRIPTION,
  type AzureDouble,
} from './azure-double.ts';

export interface World extends AzureDouble {
  readonly cluster: RunningCluster;
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly custom: CustomObjectsApi;
  readonly objects: KubernetesObjectApi;
}

export const node = (name: string, os: NodeSpec['os'], labels: NodeSpec['labels'] = {}): NodeSpec => ({
  name,
  os,
  scaleSet: os === 'windows' ? 'akswin1' : SCALE_SET,
  labels,
});

export async function startWorld(spec: Partial<ClusterSpec> = {}): Promise<World> {
  const double = await startAzureDouble();
  const cluster = await startCluster({
    placement: {
      spec: {
        name: 'cluster',
        kubernetesVersion: '1.33.5',
        nodeResourceGroup: NODE_GROUP,
        identityType: 'SystemAssigned',
        enableRbac: true,
        networkPlugin: 'azure',
        nodeRestriction: 'Unrestricted',
        podIdentityAddon: false,
        disableLocalAccounts: false,
        privateCluster: false,
        disableRunCommand: false,
        entra: 'none',
        powerState: 'Running',
        apiServer: true,
        provisioningState: 'Succeeded',
        nodes: [node('node-0', 'linux', { disk: 'ssd' }), node('node-1', 'linux'), node('win-0', 'windows')],
        objects: [],
        ...spec,
      },
      resourceId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/group/providers/Microsoft.ContainerService/managedClusters/cluster`,
      subscriptionId: SUBSCRIPTION,
      resourceGroup: 'group',
      kubelet: {
        resourceId: KUBELET_ID,
        clientId: KUBELET_CLIENT_ID,
        objectId: 'bbbbbbbb-0000-4000-8000-000000000001',
      },
    },
    azure: double.azure,
    latency: 0,
    port: 0,
    record: () => undefined,
  });
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig('admin'));
  return {
    ...double,
    cluster,
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    custom: config.makeApiClient(CustomObjectsApi),
    objects: KubernetesObjectApi.makeApiClient(config),
    stop: async () => {
      await cluster.stop();
      await double.stop();
    },
  };
}

/** Every document of a YAML text (or file beside this one). */
export async function apply(world: World, text: string): Promise<void> {
  const source = text.endsWith('.yaml') ? readFileSync(new URL(text, import.meta.url), 'utf8') : text;
  for (const document of parseAllDocuments(source)) {
    const object = document.toJS() as KubernetesObject | null;
    if (object !== null) await eventually(async () => create(world, object));
  }
}

/** As it is: the client library drops what its models do not know, e.g. `x-kubernetes-embedded-resource`. */
async function create(world: World, object: KubernetesObject): Promise<void> {
  const { apiVersion = '', kind = '', metadata } = object;
  const plural = `${kind.toLowerCase().replace(/y$/, 'ie')}s`;
  const root = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
  const place = metadata?.namespace === undefined ? '' : `namespaces/${metadata.namespace}/`;
  const url = `${world.config.getCurrentCluster()?.server ?? ''}/${root}/${place}${plural}`;
  const options: https.RequestOptions = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    agent: false,
  };
  await world.config.applyToHTTPSOptions(options);
  const [status, text] = await new Promise<[number, string]>((resolve, reject) => {
    const request = https.request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        resolve([response.statusCode ?? 0, Buffer.concat(chunks).toString()]);
      });
    });
    request.once('error', reject);
    request.end(JSON.stringify(object));
  });
  assert.equal(status, 201, text);
}

/** Tries again until nothing is thrown; the last failure is the test's. */
export async function eventually<T>(look: () => Promise<T> | T, milliseconds = 8000): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await sleep(20);
  }
}

export async function podsOf(world: World, labelSelector: string, namespace = 'default'): Promise<V1Pod[]> {
  const { items } = await world.core.listNamespacedPod({ namespace, labelSelector });
  return items;
}

export async function readyPod(world: World, labelSelector: string, namespace = 'default'): Promise<V1Pod> {
  return eventually(async () => {
    const pods = await podsOf(world, labelSelector, namespace);
    const ready = pods.find(({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
    assert.ok(ready, `no ready pod for ${labelSelector}`);
    return ready;
  });
}

export interface Executed {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: V1Status;
}

/** By the client library's Exec. */
export async function exec(
  world: World,
  pod: V1Pod,
  command: readonly string[],
  options: { readonly stdin?: string } = {},
): Promise<Executed> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const [stdout, stderr] = [collect(out), collect(err)];
  const input = options.stdin === undefined ? null : Readable.from([options.stdin]);
  const { namespace, name, container } = placeOf(pod);
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(world.config)
      .exec(namespace, name, container, [...command], out, err, input, false, resolve)
      .catch(reject);
  });
  out.end();
  err.end();
  return { status, stdout: await stdout, stderr: await stderr };
}

function placeOf({ metadata, spec }: V1Pod): { namespace: string; name: string; container: string } {
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    container: spec?.containers[0]?.name ?? '',
  };
}

async function collect(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export function exitCode({ status }: Executed): number {
  if (status.status === 'Success') return 0;
  return Number(status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message ?? Number.NaN);
}

export function deployment(
  name: string,
  extra: { annotations?: object; labels?: object; spec?: object; replicas?: number } = {},
): string {
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: extra.replicas ?? 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...extra.labels }, annotations: extra.annotations ?? {} },
        spec: { containers: [{ name, image: `example.azurecr.io/${name}:1` }], ...extra.spec },
      },
    },
  });
}
