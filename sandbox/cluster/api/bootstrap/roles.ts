/** Default roles and bindings: k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy, as far as the sandbox's kinds go. */

const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

interface RoleRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

interface RoleObject {
  readonly metadata: { readonly name: string; readonly labels: object; readonly annotations: object };
  readonly rules?: readonly RoleRule[] | null;
  readonly aggregationRule?: object;
}

function role(name: string, rules: readonly RoleRule[], more: Readonly<Record<string, string>> = {}): RoleObject {
  return { metadata: { name, labels: { ...labels, ...more }, annotations }, rules };
}

function on(group: string, resources: string, verbs: readonly string[]): RoleRule {
  return { verbs, apiGroups: [group], resources: resources.split(' ') };
}

/** admin, edit and view collect the rules of all roles with their label, so that extensions can add theirs. */
function aggregated(name: string): RoleObject {
  const label = `rbac.authorization.k8s.io/aggregate-to-${name}`;
  const more =
    name === 'edit'
      ? { 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' }
      : name === 'view'
        ? { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' }
        : {};
  return {
    metadata: { name, labels: { ...labels, ...more }, annotations },
    rules: null,
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: 'true' } }] },
  };
}

function aggregateTo(name: string): Readonly<Record<string, string>> {
  return { [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true' };
}

const workloads =
  'daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale';
const viewCore =
  'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status namespaces';

export const clusterRoles: readonly RoleObject[] = [
  role('cluster-admin', [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ]),
  aggregated('admin'),
  aggregated('edit'),
  aggregated('view'),
  role(
    'system:aggregate-to-admin',
    [
      on('authorization.k8s.io', 'localsubjectaccessreviews', ['create']),
      on('rbac.authorization.k8s.io', 'roles rolebindings', [...READ, ...WRITE]),
    ],
    aggregateTo('admin'),
  ),
  role(
    'system:aggregate-to-edit',
    [
      on('', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy', READ),
      on('', 'serviceaccounts', ['impersonate']),
      on('', 'pods pods/attach pods/exec pods/portforward pods/proxy', WRITE),
      on('', 'pods/eviction', ['create']),
      on(
        '',
        'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
        WRITE,
      ),
      on('', 'serviceaccounts/token', ['create']),
      on('apps', `${workloads} deployments/rollback`, WRITE),
      on('batch', 'cronjobs jobs', WRITE),
      on('networking.k8s.io', 'ingresses networkpolicies', WRITE),
      on('policy', 'poddisruptionbudgets', WRITE),
      on('coordination.k8s.io', 'leases', [...READ, ...WRITE]),
    ],
    aggregateTo('edit'),
  ),
  role(
    'system:aggregate-to-view',
    [
      on('', viewCore, READ),
      on(
        'apps',
        `controllerrevisions daemonsets/status deployments/status replicasets/status statefulsets/status ${workloads}`,
        READ,
      ),
      on('batch', 'cronjobs cronjobs/status jobs jobs/status', READ),
      on('networking.k8s.io', 'ingresses ingresses/status networkpolicies', READ),
      on('policy', 'poddisruptionbudgets poddisruptionbudgets/status', READ),
    ],
    aggregateTo('view'),
  ),
  role('system:basic-user', [
    on('authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews', ['create']),
    on('authentication.k8s.io', 'selfsubjectreviews', ['create']),
  ]),
  role('system:discovery', [
    {
      verbs: ['get'],
      nonResourceURLs: [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
        '/version/',
      ],
    },
  ]),
  role('system:public-info-viewer', [
    { verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] },
  ]),
  role('system:auth-delegator', [
    on('authentication.k8s.io', 'tokenreviews', ['create']),
    on('authorization.k8s.io', 'subjectaccessreviews', ['create']),
  ]),
  role('system:service-account-issuer-discovery', [
    { verbs: ['get'], nonResourceURLs: ['/.well-known/openid-configuration', '/openid/v1/jwks'] },
  ]),
  role('system:node', []),
];

interface BindingObject {
  readonly metadata: object;
  readonly roleRef: object;
  readonly subjects: readonly object[];
}

function bind(name: string, groups: readonly string[]): BindingObject {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    metadata: { name, labels, annotations },
    roleRef: { apiGroup, kind: 'ClusterRole', name },
    subjects: groups.map((group) => ({ apiGroup, kind: 'Group', name: group })),
  };
}

export const clusterRoleBindings: readonly BindingObject[] = [
  bind('cluster-admin', ['system:masters']),
  bind('system:basic-user', ['system:authenticated']),
  bind('system:discovery', ['system:authenticated']),
  bind('system:public-info-viewer', ['system:authenticated', 'system:unauthenticated']),
  bind('system:service-account-issuer-discovery', ['system:serviceaccounts']),
];
