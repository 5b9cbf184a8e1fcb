/** A cluster of its own for each test file, and clients that Kubernetes' own people wrote. */
import { setTimeout as sleep } from 'node:timers/promises';
import https, { type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { CoreV1Api, KubeConfig, KubernetesObjectApi, type KubernetesObject } from '@kubernetes/client-node';
import type { AzureForClusters, ClusterOptions, RequestRecord, RunningCluster } from '../../../sandbox/contracts.ts';
import { startClusterOf } from '../../../sandbox/start-cluster.ts';
import type { ClusterKind } from '../../../sandbox/sandbox-options.ts';
import { programs } from '../../../sandbox/cluster-kubernetes/programs.ts';
import { createCertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import type { ClusterSpec } from '../../../sandbox/scenario/types.ts';

export type Json = Record<string, unknown>;
/** What the generic client takes. */
export type Manifest = KubernetesObject & Json;

export interface TestCluster {
  readonly cluster: RunningCluster;
  readonly config: KubeConfig;
  readonly requests: readonly Omit<RequestRecord, 'sequence'>[];
  readonly caPem: string;
  /** A config for a service account of the namespace `default`, made if it is not there. */
  asServiceAccount(name: string): Promise<KubeConfig>;
}

const spec: ClusterSpec = {
  name: 'aks-test',
  // That of the real control plane.
  kubernetesVersion: programs['kube-apiserver'].version,
  nodeResourceGroup: 'MC_test',
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
  nodes: [],
  objects: [],
};

const linuxNode = {
  name: 'aks-agentpool-1-vmss000000',
  scaleSet: 'aks-agentpool-1-vmss',
  os: 'linux',
  labels: {},
} as const;
export const withNode = { nodes: [linuxNode] };

export async function startTestCluster(
  kind: ClusterKind,
  changes: Partial<ClusterSpec> = {},
  options: Partial<ClusterOptions> = {},
): Promise<TestCluster> {
  const authority = await createCertificateAuthority('sandbox-test-ca');
  const requests: Omit<RequestRecord, 'sequence'>[] = [];
  const cluster = await startClusterOf(kind, {
    placement: {
      spec: { ...spec, ...changes },
      resourceId: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-test',
      subscriptionId: '11111111-1111-4111-8111-111111111111',
      resourceGroup: 'rg',
    },
    azure: azureWith(authority),
    latency: 0,
    port: 0,
    record: (request) => requests.push(request),
    ...options,
  });
  const config = configOf(cluster.kubeconfig('admin'));
  return {
    cluster,
    config,
    requests,
    caPem: authority.caPem,
    asServiceAccount: async (name) => {
      const core = config.makeApiClient(CoreV1Api);
      await core
        .createNamespacedServiceAccount({ namespace: 'default', body: typed({ metadata: { name } }) })
        .catch(() => undefined);
      return configWithToken(cluster, authority.caPem, await cluster.serviceAccountToken('default', name));
    },
  };
}

/** These tests never leave the cluster: pods find no Azure. */
function azureWith(authority: Awaited<ReturnType<typeof createCertificateAuthority>>): AzureForClusters {
  return {
    tenantId: '22222222-2222-4222-8222-222222222222',
    caPem: authority.caPem,
    resourceManager: 'https://localhost:1',
    resourceManagerName: 'https://management.azure.com',
    clusterUser: () => Promise.resolve(undefined),
    allowsInCluster: () => false,
    instanceMetadata: () => Promise.resolve({ status: 404, body: 'no metadata here' }),
    openPodGateway: () => Promise.resolve({ url: 'http://127.0.0.1:9', close: () => Promise.resolve() }),
    serverCertificate: (names) => authority.serverCertificate(names),
  };
}

export function configOf(kubeconfig: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  return config;
}

export function configWithToken(cluster: RunningCluster, caPem: string, token: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: cluster.server, caData: Buffer.from(caPem).toString('base64') }],
    users: [{ name: 'u', token }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return config;
}

/** Waits for what the cluster does by itself; fails after a while with what was seen last. */
export async function eventually<Seen>(look: () => Promise<Seen>, holds: (seen: Seen) => boolean): Promise<Seen> {
  const end = Date.now() + 30_000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`still not so: ${JSON.stringify(seen)}`);
    await sleep(20);
  }
}

/** For `assert.rejects`: the Status that the server answered. */
export function refusal(code: number, message: RegExp | string, reason?: string): (error: unknown) => boolean {
  return (error) => {
    const { code: actual, body } = error as { code?: number; body?: unknown };
    const status = statusOf(body);
    const text = status.message ?? String(error);
    const wanted = typeof message === 'string' ? text === message : message.test(text);
    if (actual === code && wanted && (reason === undefined || status.reason === reason)) return true;
    throw new Error(`expected ${code} ${String(message)}, got ${String(actual)} ${status.reason ?? ''}: ${text}`);
  };
}

function statusOf(body: unknown): { message?: string; reason?: string } {
  if (typeof body !== 'string') return body ?? {};
  return body.startsWith('{') ? (JSON.parse(body) as { message?: string }) : { message: body };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Json;
}

export interface RawRequest {
  readonly method?: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly accept?: string;
}

/** One request as it is, with the credentials of a config: for headers and bodies that the clients hide. */
export async function raw(config: KubeConfig, path: string, request: RawRequest = {}): Promise<RawAnswer> {
  const { method = 'GET', body, type = 'application/json', accept = 'application/json' } = request;
  const payload = payloadOf(body);
  const length = payload === '' ? {} : { 'content-length': Buffer.byteLength(payload) };
  const options: RequestOptions = { method, headers: { 'content-type': type, accept, ...length } };
  await config.applyToHTTPSOptions(options);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = https.request(new URL(path, config.getCurrentCluster()?.server), options, resolve);
    sent.on('error', reject);
    sent.end(payload);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  // A watch answers with one document per line.
  const parsed = text.startsWith('{') && !path.includes('watch=') ? (JSON.parse(text) as Json) : {};
  return { status: answer.statusCode ?? 0, headers: answer.headers, text, body: parsed };
}

function payloadOf(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** An object literal as the typed clients want it: their classes have no methods, only fields. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller's context says the class
export function typed<Shape>(object: unknown): Shape {
  return object as Shape;
}

export function deployment(name: string, changes: object = {}): Manifest {
  return typed({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] } },
      ...changes,
    },
  });
}

export function pod(name: string, spec: object = {}, metadata: object = {}): Manifest {
  const containers = [{ name: 'main', image: 'nginx:1.27' }];
  return typed({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', ...metadata },
    spec: { containers, ...spec },
  });
}

export function configMap(name: string, data: object = {}, metadata: object = {}): Manifest {
  return typed({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', ...metadata }, data });
}

/** Any object for the generic client. */
export function manifest(object: object): Manifest {
  return object as Manifest;
}

/** The generic client of Kubernetes' own JavaScript library. */
export function objectsOf(config: KubeConfig): KubernetesObjectApi {
  return KubernetesObjectApi.makeApiClient(config);
}

/** What a deep path of an answer holds. */
export function get(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) current = (current as Record<string | number, unknown> | undefined)?.[step];
  // Clients answer with instances of their own classes.
  return current === undefined ? undefined : (JSON.parse(JSON.stringify(current)) as unknown);
}
