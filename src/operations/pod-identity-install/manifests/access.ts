import { groupOf, kinds } from '../../../kube/kinds.ts';
import type { Manifest, ManifestOptions } from './manifest.ts';
import { commonLabels } from './manifest.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const POD_IDENTITY = groupOf(kinds.azureIdentity);
const READ = ['get', 'list', 'watch'] as const;

/** What MIC and NMI v1.8.17 may do, exactly as the release's own manifest says (`post` is no verb, but it is there). */
const rules: Readonly<Record<'mic' | 'nmi', readonly Rule[]>> = {
  mic: [
    { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['*'] },
    { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['list', 'watch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'update'] },
    { apiGroups: [''], resources: ['endpoints'], verbs: ['create', 'get', 'update'] },
    {
      apiGroups: [POD_IDENTITY],
      resources: ['azureidentitybindings', 'azureidentities'],
      verbs: [...READ, 'post', 'update'],
    },
    { apiGroups: [POD_IDENTITY], resources: ['azurepodidentityexceptions'], verbs: ['list', 'update'] },
    { apiGroups: [POD_IDENTITY], resources: ['azureassignedidentities'], verbs: ['*'] },
  ],
  nmi: [
    { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['get', 'list'] },
    { apiGroups: [''], resources: ['pods'], verbs: READ },
    { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
    {
      apiGroups: [POD_IDENTITY],
      resources: ['azureidentitybindings', 'azureidentities', 'azurepodidentityexceptions'],
      verbs: READ,
    },
    { apiGroups: [POD_IDENTITY], resources: ['azureassignedidentities'], verbs: READ },
  ],
};

export function serviceAccountName(program: 'mic' | 'nmi'): string {
  return `aad-pod-id-${program}-service-account`;
}

/** Without MIC there are no assignments that NMI could read. */
function rulesOf(program: 'mic' | 'nmi', { installMode }: ManifestOptions): readonly Rule[] {
  if (installMode === 'standard') return rules[program];
  return rules[program].filter(({ resources }) => !resources.includes(kinds.azureAssignedIdentity.plural));
}

/** ServiceAccount, ClusterRole and ClusterRoleBinding of one program. */
export function access(program: 'mic' | 'nmi', options: ManifestOptions): readonly Manifest[] {
  const labels = commonLabels(options);
  const [role, binding] = [`aad-pod-id-${program}-role`, `aad-pod-id-${program}-binding`];
  const rbac = 'rbac.authorization.k8s.io';
  const account = { name: serviceAccountName(program), namespace: options.namespace };
  return [
    {
      kind: kinds.serviceAccount,
      object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...account, labels } },
    },
    {
      kind: kinds.clusterRole,
      object: object('ClusterRole', role, labels, { rules: rulesOf(program, options) }),
    },
    {
      kind: kinds.clusterRoleBinding,
      object: object(
        'ClusterRoleBinding',
        binding,
        { ...labels, 'k8s-app': binding },
        {
          subjects: [{ kind: 'ServiceAccount', ...account }],
          roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
        },
      ),
    },
  ];
}

function object(
  kind: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  content: Readonly<Record<string, unknown>>,
): Manifest['object'] {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name, labels }, ...content };
}
