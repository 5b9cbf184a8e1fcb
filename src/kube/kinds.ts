import type {
  AzureAssignedIdentity,
  AzureIdentity,
  AzureIdentityBinding,
  AzurePodIdentityException,
  ClusterRole,
  ClusterRoleBinding,
  CustomResourceDefinition,
  KubeEvent,
  KubeNode,
  KubeObject,
  NetworkPolicy,
  Pod,
  Workload,
} from './shapes.ts';

/** A kind of object and where the API serves it. `Shape` only types what comes back. */
export interface KubeKind<Shape extends KubeObject = KubeObject> {
  /** `v1`, `apps/v1` */
  readonly apiVersion: string;
  readonly kind: string;
  /** The resource in paths and in RBAC rules: `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Of one object: `ephemeralcontainers`. */
  readonly subresource?: string;
  /** Where its pod template is, if not at `spec.template`. */
  readonly templatePath?: readonly string[];
  readonly shape?: () => Shape;
}

export const POD_IDENTITY_API = 'aadpodidentity.k8s.io/v1';

const namespaced = <Shape extends KubeObject>(apiVersion: string, kind: string, plural: string): KubeKind<Shape> => ({
  apiVersion,
  kind,
  plural,
  namespaced: true,
});

const clusterWide = <Shape extends KubeObject>(apiVersion: string, kind: string, plural: string): KubeKind<Shape> => ({
  apiVersion,
  kind,
  plural,
  namespaced: false,
});

/** The kinds that the tasks work with; nothing is discovered at run time. */
export const kinds = {
  pod: namespaced<Pod>('v1', 'Pod', 'pods'),
  podEphemeralContainers: {
    ...namespaced<Pod>('v1', 'Pod', 'pods'),
    subresource: 'ephemeralcontainers',
  } as KubeKind<Pod>,
  event: namespaced<KubeEvent>('v1', 'Event', 'events'),
  endpoints: namespaced<KubeObject>('v1', 'Endpoints', 'endpoints'),
  configMap: namespaced<KubeObject>('v1', 'ConfigMap', 'configmaps'),
  serviceAccount: namespaced<KubeObject>('v1', 'ServiceAccount', 'serviceaccounts'),
  namespace: clusterWide<KubeObject>('v1', 'Namespace', 'namespaces'),
  node: clusterWide<KubeNode>('v1', 'Node', 'nodes'),
  deployment: namespaced<Workload>('apps/v1', 'Deployment', 'deployments'),
  statefulSet: namespaced<Workload>('apps/v1', 'StatefulSet', 'statefulsets'),
  daemonSet: namespaced<Workload>('apps/v1', 'DaemonSet', 'daemonsets'),
  replicaSet: namespaced<Workload>('apps/v1', 'ReplicaSet', 'replicasets'),
  replicationController: namespaced<Workload>('v1', 'ReplicationController', 'replicationcontrollers'),
  cronJob: {
    ...namespaced<Workload>('batch/v1', 'CronJob', 'cronjobs'),
    templatePath: ['spec', 'jobTemplate', 'spec', 'template'],
  },
  /** Argo Rollouts. */
  rollout: namespaced<Workload>('argoproj.io/v1alpha1', 'Rollout', 'rollouts'),
  clusterRole: clusterWide<ClusterRole>('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles'),
  clusterRoleBinding: clusterWide<ClusterRoleBinding>(
    'rbac.authorization.k8s.io/v1',
    'ClusterRoleBinding',
    'clusterrolebindings',
  ),
  networkPolicy: namespaced<NetworkPolicy>('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  customResourceDefinition: clusterWide<CustomResourceDefinition>(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'customresourcedefinitions',
  ),
  azureIdentity: namespaced<AzureIdentity>(POD_IDENTITY_API, 'AzureIdentity', 'azureidentities'),
  azureIdentityBinding: namespaced<AzureIdentityBinding>(
    POD_IDENTITY_API,
    'AzureIdentityBinding',
    'azureidentitybindings',
  ),
  azureAssignedIdentity: namespaced<AzureAssignedIdentity>(
    POD_IDENTITY_API,
    'AzureAssignedIdentity',
    'azureassignedidentities',
  ),
  azurePodIdentityException: namespaced<AzurePodIdentityException>(
    POD_IDENTITY_API,
    'AzurePodIdentityException',
    'azurepodidentityexceptions',
  ),
} as const;

/** The API group of a kind; `''` is the core group. */
export function groupOf({ apiVersion }: Pick<KubeKind, 'apiVersion'>): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** `/apis/apps/v1/namespaces/default/deployments`; without a namespace: the collection of all namespaces. */
export function collectionPath({ apiVersion, plural, namespaced: inNamespace }: KubeKind, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const where = inNamespace && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${where}/${plural}`;
}
