/** The kinds that the server is born with. Custom kinds join them through registry.ts. */

export interface ResourceInfo {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
  /** Class of @kubernetes/client-node whose type map is the schema; none: not stored, or a custom resource. */
  readonly model?: string;
  /** Reviews are answered and forgotten. */
  readonly createOnly?: boolean;
}

type Row = readonly [
  plural: string,
  kind: string,
  scope: 'Namespaced' | 'Cluster',
  shortNames?: string,
  subresources?: string,
  categories?: string,
];

const core: readonly Row[] = [
  ['bindings', 'Binding', 'Namespaced'],
  ['componentstatuses', 'ComponentStatus', 'Cluster', 'cs'],
  ['configmaps', 'ConfigMap', 'Namespaced', 'cm'],
  ['endpoints', 'Endpoints', 'Namespaced', 'ep'],
  ['events', 'Event', 'Namespaced', 'ev'],
  ['limitranges', 'LimitRange', 'Namespaced', 'limits'],
  ['namespaces', 'Namespace', 'Cluster', 'ns', 'finalize,status'],
  ['nodes', 'Node', 'Cluster', 'no', 'proxy,status'],
  ['persistentvolumeclaims', 'PersistentVolumeClaim', 'Namespaced', 'pvc', 'status'],
  ['persistentvolumes', 'PersistentVolume', 'Cluster', 'pv', 'status'],
  [
    'pods',
    'Pod',
    'Namespaced',
    'po',
    'attach,binding,ephemeralcontainers,eviction,exec,log,portforward,proxy,status',
    'all',
  ],
  ['podtemplates', 'PodTemplate', 'Namespaced'],
  ['replicationcontrollers', 'ReplicationController', 'Namespaced', 'rc', 'scale,status', 'all'],
  ['resourcequotas', 'ResourceQuota', 'Namespaced', 'quota', 'status'],
  ['secrets', 'Secret', 'Namespaced'],
  ['serviceaccounts', 'ServiceAccount', 'Namespaced', 'sa', 'token'],
  ['services', 'Service', 'Namespaced', 'svc', 'proxy,status', 'all'],
];

const groups: Readonly<Record<string, readonly Row[]>> = {
  '/v1': core,
  'apps/v1': [
    ['controllerrevisions', 'ControllerRevision', 'Namespaced'],
    ['daemonsets', 'DaemonSet', 'Namespaced', 'ds', 'status', 'all'],
    ['deployments', 'Deployment', 'Namespaced', 'deploy', 'scale,status', 'all'],
    ['replicasets', 'ReplicaSet', 'Namespaced', 'rs', 'scale,status', 'all'],
    ['statefulsets', 'StatefulSet', 'Namespaced', 'sts', 'scale,status', 'all'],
  ],
  'batch/v1': [
    ['cronjobs', 'CronJob', 'Namespaced', 'cj', 'status', 'all'],
    ['jobs', 'Job', 'Namespaced', '', 'status', 'all'],
  ],
  'rbac.authorization.k8s.io/v1': [
    ['clusterrolebindings', 'ClusterRoleBinding', 'Cluster'],
    ['clusterroles', 'ClusterRole', 'Cluster'],
    ['rolebindings', 'RoleBinding', 'Namespaced'],
    ['roles', 'Role', 'Namespaced'],
  ],
  'apiextensions.k8s.io/v1': [
    ['customresourcedefinitions', 'CustomResourceDefinition', 'Cluster', 'crd,crds', 'status', 'api-extensions'],
  ],
  'coordination.k8s.io/v1': [['leases', 'Lease', 'Namespaced']],
  'policy/v1': [['poddisruptionbudgets', 'PodDisruptionBudget', 'Namespaced', 'pdb', 'status']],
  'networking.k8s.io/v1': [
    ['ingresses', 'Ingress', 'Namespaced', 'ing', 'status'],
    ['networkpolicies', 'NetworkPolicy', 'Namespaced', 'netpol'],
  ],
  'admissionregistration.k8s.io/v1': [
    ['mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', 'Cluster', '', '', 'api-extensions'],
    ['validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', 'Cluster', '', '', 'api-extensions'],
  ],
  'authorization.k8s.io/v1': [
    ['localsubjectaccessreviews', 'LocalSubjectAccessReview', 'Namespaced'],
    ['selfsubjectaccessreviews', 'SelfSubjectAccessReview', 'Cluster'],
    ['selfsubjectrulesreviews', 'SelfSubjectRulesReview', 'Cluster'],
    ['subjectaccessreviews', 'SubjectAccessReview', 'Cluster'],
  ],
  'authentication.k8s.io/v1': [
    ['selfsubjectreviews', 'SelfSubjectReview', 'Cluster'],
    ['tokenreviews', 'TokenReview', 'Cluster'],
  ],
};

/** The class in client-node where its name is not simply `V1<Kind>`. */
const models: Readonly<Record<string, string>> = { Event: 'CoreV1Event' };

export const builtInResources: readonly ResourceInfo[] = Object.entries(groups).flatMap(([groupVersion, rows]) => {
  const [group = '', version = ''] = groupVersion.split('/');
  return rows.map((row) => fromRow(group, version, row));
});

function fromRow(group: string, version: string, row: Row): ResourceInfo {
  const [plural, kind, scope, shortNames = '', subresources = '', categories = ''] = row;
  return {
    group,
    version,
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced: scope === 'Namespaced',
    shortNames: words(shortNames),
    categories: words(categories),
    subresources: words(subresources),
    model: models[kind] ?? `V1${kind}`,
    ...(kind.endsWith('Review') ? { createOnly: true } : {}),
  };
}

function words(list: string): string[] {
  return list === '' ? [] : list.split(',');
}

export function groupVersionOf(resource: Pick<ResourceInfo, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** Where a resource's objects are kept: versions of one group share them. */
export function storageKey(resource: Pick<ResourceInfo, 'group' | 'plural'>): string {
  return `${resource.plural}.${resource.group}`;
}
