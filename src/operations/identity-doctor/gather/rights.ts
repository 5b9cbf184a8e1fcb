import type { ProgramSetup, RightsFact } from '../../../checks/doctor/facts.ts';
import { DiagnosticError } from '../../../diagnostics/diagnostic.ts';
import type { KubeCluster } from '../../../kube/cluster.ts';
import { kinds } from '../../../kube/kinds.ts';
import type { ClusterRole, ClusterRoleBinding, RoleRule } from '../../../kube/shapes.ts';

interface Right {
  readonly verb: string;
  readonly resource: string;
  readonly group: string;
}

const POD_IDENTITY = 'aadpodidentity.k8s.io';

/** Without these the programs do nothing; the roles of the release have more. */
const needed: Readonly<Record<keyof RightsFact, readonly Right[]>> = {
  mic: [
    { verb: 'list', resource: 'pods', group: '' },
    { verb: 'list', resource: 'nodes', group: '' },
    { verb: 'update', resource: 'endpoints', group: '' },
    { verb: 'list', resource: 'azureidentities', group: POD_IDENTITY },
    { verb: 'list', resource: 'azureidentitybindings', group: POD_IDENTITY },
    { verb: 'create', resource: 'azureassignedidentities', group: POD_IDENTITY },
  ],
  nmi: [
    { verb: 'list', resource: 'pods', group: '' },
    { verb: 'list', resource: 'azureassignedidentities', group: POD_IDENTITY },
    { verb: 'list', resource: 'azurepodidentityexceptions', group: POD_IDENTITY },
  ],
};

/** All bindings; who may not list them may read those of the release by name. */
export async function readRoleBindings(
  cluster: KubeCluster,
  signal: AbortSignal,
): Promise<readonly ClusterRoleBinding[]> {
  try {
    return await cluster.list(kinds.clusterRoleBinding, {}, signal);
  } catch (error) {
    if (!(error instanceof DiagnosticError) || error.diagnostic.code !== 'KUB004') throw error;
    const names = ['aad-pod-id-mic-binding', 'aad-pod-id-nmi-binding'];
    const found = await Promise.all(names.map((name) => cluster.get(kinds.clusterRoleBinding, { name }, signal)));
    return found.filter((binding) => binding !== undefined);
  }
}

interface Programs {
  readonly mic: ProgramSetup | undefined;
  readonly nmi: ProgramSetup | undefined;
}

export async function readRights(
  cluster: KubeCluster,
  bindings: readonly ClusterRoleBinding[],
  { mic, nmi }: Programs,
  signal: AbortSignal,
): Promise<RightsFact> {
  const own = [mic, nmi].map((program) => (program ? bindings.filter((binding) => isFor(binding, program)) : []));
  const names = [...new Set(own.flat().map(({ roleRef }) => roleRef?.name ?? ''))];
  const roles = await Promise.all(names.map((name) => cluster.get(kinds.clusterRole, { name }, signal)));
  const rulesOf = (bound: readonly ClusterRoleBinding[] = []): readonly RoleRule[] =>
    roles
      .filter((role): role is ClusterRole => role !== undefined)
      .filter(({ metadata }) => bound.some(({ roleRef }) => roleRef?.name === metadata.name))
      .flatMap(({ rules = [] }) => rules);
  return {
    mic: mic ? lackingIn(rulesOf(own[0]), needed.mic) : [],
    nmi: nmi ? lackingIn(rulesOf(own[1]), needed.nmi) : [],
  };
}

/** A role may also come by a group that every service account is in. */
function isFor({ subjects = [] }: ClusterRoleBinding, { namespace, serviceAccount }: ProgramSetup): boolean {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  return subjects.some((subject) =>
    subject.kind === 'Group'
      ? groups.includes(subject.name)
      : subject.name === serviceAccount && subject.namespace === namespace,
  );
}

function lackingIn(rules: readonly RoleRule[], rights: readonly Right[]): readonly string[] {
  const has = (list: readonly string[] | undefined, value: string): boolean =>
    list?.some((each) => each === '*' || each === value) ?? false;
  return rights
    .filter(
      ({ verb, resource, group }) =>
        !rules.some((each) => has(each.verbs, verb) && has(each.resources, resource) && has(each.apiGroups, group)),
    )
    .map(({ verb, resource }) => `${verb} ${resource}`);
}
