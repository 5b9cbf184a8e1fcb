/** Azure as far as MIC, NMI and pods ask for it: one scale set over HTTPS, and tokens of the identities on it. */
import type { AzureForClusters, MetadataRequest, MetadataResponse } from '../../../sandbox/contracts.ts';
import { createCertificateAuthority } from '../../../sandbox/kit/certificates.ts';
import { startServer, type SandboxRequest, type SandboxResponse } from '../../../sandbox/kit/http-server.ts';
import { startProxy } from '../../../sandbox/proxy/server.ts';

export const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
export const NODE_GROUP = 'MC_group_cluster_westeurope';
export const SCALE_SET = 'aks-nodepool1-12345678-vmss';
export const KUBELET_CLIENT_ID = 'aaaaaaaa-0000-4000-8000-000000000001';
export const KUBELET_ID = identityId(NODE_GROUP, 'cluster-agentpool');

export function identityId(group: string, name: string): string {
  return `/subscriptions/${SUBSCRIPTION}/resourcegroups/${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
}

export interface AzureDouble {
  readonly azure: AzureForClusters;
  /** Resource ids (lower case) on the scale set. */
  readonly attached: Set<string>;
  /** Client ids by resource id in lower case: the identities that exist. */
  readonly identities: Map<string, string>;
  /** What the next requests are refused with. */
  readonly refusals: { get?: Refusal | undefined; patch?: Refusal | undefined };
  /** `GET`, `PATCH` and what the patches said. */
  readonly calls: { readonly method: string; readonly path: string; readonly body: unknown; readonly token: string }[];
  stop(): Promise<void>;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export async function startAzureDouble(): Promise<AzureDouble> {
  const authority = await createCertificateAuthority('test-ca');
  const attached = new Set([KUBELET_ID.toLowerCase()]);
  const identities = new Map([[KUBELET_ID.toLowerCase(), KUBELET_CLIENT_ID]]);
  const refusals: AzureDouble['refusals'] = {};
  const calls: AzureDouble['calls'] = [];
  const arm = await startServer({
    name: 'resourceManager',
    tls: await authority.serverCertificate(['localhost', '127.0.0.1', 'management.azure.com']),
    record: () => undefined,
    handler: (request) => {
      const body: unknown = request.body.length === 0 ? undefined : JSON.parse(request.body.toString());
      const token = (request.headers.authorization ?? '').replace('Bearer ', '');
      calls.push({ method: request.method, path: request.url.pathname + request.url.search, body, token });
      return answer(request, body, { attached, refusals });
    },
  });
  const instanceMetadata = async (_: string, request: MetadataRequest): Promise<MetadataResponse> =>
    Promise.resolve(metadata(request, attached, identities));
  const azure: AzureForClusters = {
    tenantId: '99999999-0000-0000-0000-000000000000',
    caPem: authority.caPem,
    resourceManager: arm.url,
    resourceManagerName: 'https://management.azure.com',
    clusterUser: () => Promise.resolve(undefined),
    allowsInCluster: () => false,
    instanceMetadata,
    openPodGateway: async (pod) =>
      startProxy({
        destinations: (host) => (host === 'management.azure.com' ? { port: arm.port, tls: true } : undefined),
        caPem: authority.caPem,
        metadata: async (request) => pod.metadata(request),
        record: () => undefined,
      }),
    serverCertificate: async (names) => authority.serverCertificate(names),
  };
  return { azure, attached, identities, refusals, calls, stop: async () => arm.close() };
}

function answer(
  request: SandboxRequest,
  body: unknown,
  { attached, refusals }: Pick<AzureDouble, 'attached' | 'refusals'>,
): SandboxResponse {
  const refusal = request.method === 'PATCH' ? refusals.patch : refusals.get;
  if (refusal !== undefined) {
    return { status: refusal.status, body: { error: { code: refusal.code, message: refusal.message } } };
  }
  if (request.method === 'PATCH') {
    const { identity } = body as { identity: { userAssignedIdentities?: Record<string, object | null> } };
    for (const [id, value] of Object.entries(identity.userAssignedIdentities ?? {})) {
      if (value === null) attached.delete(id.toLowerCase());
      else attached.add(id.toLowerCase());
    }
    if (identity.userAssignedIdentities === undefined) attached.clear();
  }
  const userAssignedIdentities = Object.fromEntries([...attached].map((id) => [id, { clientId: 'x' }]));
  const properties = { provisioningState: 'Succeeded' };
  return {
    status: 200,
    body: { name: SCALE_SET, identity: { type: 'UserAssigned', userAssignedIdentities }, properties },
  };
}

/** The instance metadata service: its body has client_id, and no refresh_token. */
function metadata(
  request: MetadataRequest,
  attached: ReadonlySet<string>,
  identities: ReadonlyMap<string, string>,
): MetadataResponse {
  const url = new URL(request.path, 'http://169.254.169.254');
  if (url.pathname === '/metadata/instance') return { status: 200, body: { compute: { vmScaleSetName: SCALE_SET } } };
  const refuse = (text: string): MetadataResponse => ({
    status: 400,
    body: { error: 'invalid_request', error_description: text },
  });
  if (request.headers['metadata'] !== 'true') return refuse('Required metadata header not specified');
  const onScaleSet = [...attached].flatMap((id) => identities.get(id) ?? []);
  const wanted = url.searchParams.get('client_id');
  if (wanted === null && onScaleSet.length > 1) {
    return refuse(
      'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
    );
  }
  const clientId = wanted ?? onScaleSet[0];
  if (clientId === undefined || !onScaleSet.includes(clientId)) return refuse('Identity not found');
  const resource = url.searchParams.get('resource') ?? '';
  const now = Math.floor(Date.now() / 1000);
  const body = {
    access_token: `token of ${clientId} for ${resource}`,
    client_id: clientId,
    expires_in: '86400',
    expires_on: String(now + 86_400),
    ext_expires_in: '86399',
    not_before: String(now),
    resource,
    token_type: 'Bearer',
  };
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}
