/**
 * What the parts of the sandbox promise one another. Azure and the clusters run in one process but speak to each other
 * only through what stands here; everything else goes over their HTTP servers, as in the real world.
 */
import type { Intercept } from './kit/http-server.ts';
import type { RequestRecord } from './kit/request-record.ts';
import type { ClusterSpec } from './scenario/types.ts';

export type { RequestRecord } from './kit/request-record.ts';

/** A request to the instance metadata service as it arrives from a node or, by way of NMI, from a pod. */
export interface MetadataRequest {
  readonly method: string;
  /** Path and query, e.g. `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=...` */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface MetadataResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON where it is an object, text otherwise. */
  readonly body: unknown;
}

/** A forward proxy of its own for one pod, so that the sandbox knows which pod asks. */
export interface PodGateway {
  /** `http://127.0.0.1:<port>`: what the pod's http_proxy and https_proxy say. */
  readonly url: string;
  close(): Promise<void>;
}

/** What the clusters need of the sandbox's Azure. */
export interface AzureForClusters {
  readonly tenantId: string;
  /** PEM of the certificate authority of every sandbox server. */
  readonly caPem: string;
  /** Base address of Azure Resource Manager, e.g. `https://localhost:4321` (no trailing slash). */
  readonly resourceManager: string;
  /** Its real name in this cloud, `https://management.azure.com`: what clients print and ask tokens for. */
  readonly resourceManagerName: string;
  /** What 169.254.169.254 answers on a node of this scale set (resource id, any letter case). Never goes through NMI. */
  instanceMetadata(scaleSetId: string, request: MetadataRequest): Promise<MetadataResponse>;
  /** Opens a proxy for one pod; requests to 169.254.169.254 go to `metadata`, all others where the sandbox's proxy leads them. */
  openPodGateway(pod: {
    readonly name: string;
    readonly address: string;
    metadata(request: MetadataRequest): Promise<MetadataResponse>;
  }): Promise<PodGateway>;
  /** Whom a token of Entra for AKS's API servers belongs to; undefined for any other token. */
  clusterUser(token: string): Promise<{ readonly objectId: string; readonly groups: readonly string[] } | undefined>;
  /** Azure RBAC's decision on a data action at a cluster or at one of its namespaces. */
  allowsInCluster(objectId: string, action: string, scope: string): boolean;
  /** Makes a server certificate for these names and addresses, signed by the sandbox's certificate authority. */
  serverCertificate(names: readonly string[]): Promise<{ readonly certPem: string; readonly keyPem: string }>;
}

/** A cluster of a scenario, with the Azure ids that its spec only names. */
export interface ClusterPlacement {
  readonly spec: ClusterSpec;
  /** ARM resource id of the cluster. */
  readonly resourceId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** The kubelet identity, absent for clusters with a service principal. */
  readonly kubelet?: { readonly resourceId: string; readonly clientId: string; readonly objectId: string };
}

export interface ClusterOptions {
  readonly placement: ClusterPlacement;
  readonly azure: AzureForClusters;
  /** Added to every response, in milliseconds. */
  readonly latency: number;
  /** 0: a free one. */
  readonly port: number;
  readonly intercept?: Intercept | undefined;
  record(request: Omit<RequestRecord, 'sequence'>): void;
}

/** A running Kubernetes API with its controllers, nodes and pods. */
export interface RunningCluster {
  readonly name: string;
  /** `https://localhost:<port>` */
  readonly server: string;
  /** A kubeconfig as AKS hands it out: client certificate in system:masters. `user` and `admin` differ by names only. */
  kubeconfig(kind: 'user' | 'admin'): string;
  /** The token of a service account, made when the cluster started (needed by Kubernetes service connections). */
  serviceAccountToken(namespace: string, name: string): Promise<string>;
  /** Everything in the cluster, for tests and for the summary: all objects of all kinds as the API would list them. */
  dump(): Promise<readonly KubeObject[]>;
  stop(): Promise<void>;
}

/** What a token of the sandbox's Entra says. */
export interface TokenClaims {
  readonly tenantId: string;
  /** `aud`, as the client asked for it: `https://management.azure.com/`, `https://vault.azure.net`, ... */
  readonly audience: string;
  /** `oid`: object id of the service principal or managed identity. */
  readonly objectId: string;
  /** `appid` */
  readonly clientId: string;
  /** `iss` of a verified token. */
  readonly issuer?: string;
}

/** Signs and checks Entra's access tokens (RS256, keys published by the Entra server). */
export interface TokenAuthority {
  issue(claims: TokenClaims, lifetimeSeconds?: number): Promise<string>;
  verify(
    token: string,
  ): Promise<
    | { readonly valid: true; readonly claims: TokenClaims }
    | { readonly valid: false; readonly reason: 'malformed' | 'signature' | 'issuer' | 'expired' }
  >;
}

/** What a server of Azure needs of the clusters: the credentials that ARM hands out. */
export interface ClustersForAzure {
  /** Undefined where no such cluster runs. */
  byResourceId(resourceId: string): RunningCluster | undefined;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly apiVersion: string;
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
      readonly controller?: boolean;
    }[];
    readonly finalizers?: readonly string[];
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

/** Names a collection: `{group: 'apps', version: 'v1', plural: 'deployments'}`; the core group is `''`. */
export interface KubeResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/**
 * The cluster's API from inside the process, for controllers, kubelets, MIC and NMI. It is the API server's own code
 * below HTTP: validation, admission, RBAC decision for `user`, resource versions and watches are the same.
 * Refusals are thrown as {@link KubeStatusError}.
 */
export interface ClusterClient {
  /** The same client acting as another user, e.g. `system:serviceaccount:default:aad-pod-id-mic-service-account`. */
  as(user: { readonly name: string; readonly groups: readonly string[] }): ClusterClient;
  get(resource: KubeResource, namespace: string | undefined, name: string): Promise<KubeObject | undefined>;
  list(
    resource: KubeResource,
    options?: { namespace?: string; labelSelector?: string },
  ): Promise<readonly KubeObject[]>;
  create(resource: KubeResource, object: KubeObject): Promise<KubeObject>;
  /** Whole object; a stale resourceVersion is a 409. */
  update(resource: KubeResource, object: KubeObject): Promise<KubeObject>;
  /** JSON merge patch of one object, or of a subresource such as `status`. */
  mergePatch(resource: KubeResource, object: KubeObject, patch: object, subresource?: string): Promise<KubeObject>;
  /** Pods that run go through their grace period (deletionTimestamp first); `gracePeriodSeconds: 0` is the node's last word: gone now. */
  delete(
    resource: KubeResource,
    namespace: string | undefined,
    name: string,
    options?: { readonly gracePeriodSeconds?: number },
  ): Promise<void>;
  /**
   * Calls back for all that is there (ADDED) and then for every change, until the returned function is called.
   *
   * @param filled is called once, when all that was there has been told
   */
  watch(
    resource: KubeResource,
    listener: (event: { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject }) => void,
    filled?: () => void,
  ): () => void;
}

/** A refusal with the API server's own Status object. */
export class KubeStatusError extends Error {
  override readonly name = 'KubeStatusError';
  readonly status: {
    readonly code: number;
    readonly reason: string;
    readonly message: string;
    readonly details?: unknown;
  };

  constructor(status: KubeStatusError['status']) {
    super(status.message);
    this.status = status;
  }
}
