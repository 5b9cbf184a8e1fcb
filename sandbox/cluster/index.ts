/** One Kubernetes cluster of a scenario: API server, controllers, nodes and pods in this process. */
import {
  KubeStatusError,
  type AzureForClusters,
  type ClusterClient,
  type ClusterOptions,
  type KubeObject,
  type RunningCluster,
} from '../contracts.ts';
import { createCertificateAuthority, type CertificateAuthority } from '../kit/certificates.ts';
import { startServer, type Handler, type RunningServer } from '../kit/http-server.ts';
import { signsInWithEntra } from '../scenario/entra-clusters.ts';
import { azureRbac, entraUser } from './api/azure-rbac.ts';
import { createApi, type Api } from './api/index.ts';
import type { User } from './api/rbac.ts';
import { apiHandler } from './api/http/handler.ts';
import type { ServerContext } from './api/http/server-context.ts';
import { ISSUER, ServiceAccountTokens } from './api/http/tokens.ts';
import { upgradeHandler } from './api/http/upgrade.ts';
import { loadObjects } from './api/load-objects.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { startLife } from './nodes/life.ts';
import type { PodRuntime } from './nodes/types.ts';

const YEAR = 365 * 24 * 60 * 60;

export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const { spec } = options.placement;
  const { azure, placement } = options;
  const { kubernetesVersion, enableRbac } = spec;
  const beyondRbac = spec.entra === 'azureRbac' ? azureRbac(azure, placement.resourceId) : undefined;
  const api = createApi({ kubernetesVersion, enableRbac, beyondRbac });
  const tokens = await ServiceAccountTokens.create(api.core);
  const clientAuthority = await createCertificateAuthority(`${spec.name}-client-ca`);
  const life: { current?: PodRuntime } = {};
  const context: ServerContext = {
    core: api.core,
    tokens,
    runtime: () => life.current,
    entraUser: signsInWithEntra(spec) ? (token) => entraUserOf(azure, token) : undefined,
  };
  const server = await listen(options, context, api, clientAuthority);
  await publishAuthority(api.client, options.azure.caPem);
  life.current = await startLife(api.client, options);
  await loadObjects(api, spec.objects);
  const certificate = await clientAuthority.clientCertificate({
    commonName: 'masterclient',
    organizations: ['system:masters'],
  });
  return {
    name: spec.name,
    server: server.url,
    kubeconfig: (kind) => kubeconfigOf({ ...options, server: server.url, certificate, kind }),
    serviceAccountToken: (namespace, name) => longToken(api, tokens, { namespace, name }),
    dump: () => Promise.resolve(api.dump()),
    stop: async () => {
      await life.current?.stop();
      api.stop();
      await server.close();
    },
  };
}

async function entraUserOf(azure: AzureForClusters, token: string): Promise<User | undefined> {
  const found = await azure.clusterUser(token);
  return found && entraUser(found);
}

async function listen(
  options: ClusterOptions,
  context: ServerContext,
  api: Api,
  clientAuthority: CertificateAuthority,
): Promise<RunningServer> {
  const { name } = options.placement.spec;
  const serverName = `cluster:${name}`;
  const certificate = await options.azure.serverCertificate([
    'localhost',
    '127.0.0.1',
    'kubernetes',
    'kubernetes.default.svc',
  ]);
  return startServer({
    name: serverName,
    tls: { ...certificate, clientCaPem: clientAuthority.caPem },
    port: options.port,
    latency: options.latency,
    handler: withState(api, apiHandler(context)),
    intercept: options.intercept,
    onUpgrade: upgradeHandler(context, serverName, (request) => {
      options.record(request);
    }),
    record: (request) => {
      options.record(request);
    },
  });
}

/** `GET /_sandbox/state`: all objects, for people and tests. */
function withState(api: Api, handler: Handler): Handler {
  return (request) => {
    if (request.url.pathname === '/_sandbox/state') return { status: 200, body: { objects: api.dump() } };
    return handler(request);
  };
}

/** The certificate authority that pods find beside their token, in every namespace. */
async function publishAuthority(client: ClusterClient, caPem: string): Promise<void> {
  const configMaps = { group: '', version: 'v1', plural: 'configmaps' };
  const namespaces = { group: '', version: 'v1', plural: 'namespaces' };
  const pending: Promise<unknown>[] = [];
  client.watch(namespaces, ({ type, object }) => {
    if (type !== 'ADDED') return;
    const metadata = { name: 'kube-root-ca.crt', namespace: object.metadata.name };
    const configMap: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ca.crt': caPem } };
    pending.push(client.create(configMaps, configMap).catch(ignoreRefusal));
  });
  await Promise.all(pending);
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof KubeStatusError)) throw error;
}

/** As a Secret of type service-account-token holds it: it does not expire during a run. */
async function longToken(
  api: Api,
  tokens: ServiceAccountTokens,
  account: { namespace: string; name: string },
): Promise<string> {
  const { namespace, name } = account;
  const found = await api.client.get({ group: '', version: 'v1', plural: 'serviceaccounts' }, namespace, name);
  if (!found) throw new Error(`There is no service account ${namespace}/${name} in the cluster.`);
  const uid = found.metadata.uid ?? '';
  const { token } = await tokens.issue({ namespace, name, uid, audiences: [ISSUER], expirationSeconds: YEAR });
  return token;
}
