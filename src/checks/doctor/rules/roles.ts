import type { AksCluster } from '../../../azure/aks-cluster.ts';
import { identityInput, isManaged } from '../bound.ts';
import type { RoleFact } from '../facts.ts';
import { valueOr } from '../looked.ts';
import type { DoctorRule } from '../rule.ts';
import { failed, passed, rule, warned } from '../rule.ts';
import { worksNow } from './assignment.ts';

const codes: Readonly<Record<string, 'DOC031' | 'DOC032'>> = {
  'Virtual Machine Contributor': 'DOC031',
  'Managed Identity Operator': 'DOC032',
};

/** The roles that AksRoleGrants plans (preset podIdentity) for the identity that MIC acts as. */
export const rolesRule: DoctorRule = rule({
  link: 'roles',
  title: 'MIC may put the identity on the scale sets',
  follows: ['connection', 'azureIdentity'],
  needs: ['roles'],
  uses: ['nmi', 'pods', 'assigned', 'cluster'],
  judge: ({ roles }, looked) => {
    if (isManaged(valueOr(looked.nmi, undefined))) return { status: 'skipped', because: 'managed mode has no MIC' };
    const missing = roles.filter(({ held }) => held === 'no');
    const [first] = missing;
    if (first) {
      const text = {
        message: `${first.principal} lacks ${missing.map(named).join(' and ')}.`,
        fix: fixOf(first, valueOr(looked.cluster, undefined)),
      };
      const code = codes[first.roleName] ?? 'DOC031';
      if (!worksNow(looked)) return failed(code, text);
      return warned(code, {
        ...text,
        message: `${text.message} What is assigned stays so; new pods and scale sets will not get it.`,
      });
    }
    const unsure = roles.filter(({ held }) => held === 'perhaps');
    if (unsure.length > 0) {
      return { status: 'unknown', because: `a role of one's own may carry ${unsure.map(named).join(' and ')}` };
    }
    return passed(roles.map(named).join(', '));
  },
});

function named({ roleName, scopeLabel }: RoleFact): string {
  return `${roleName} at ${scopeLabel}`;
}

/** The inputs of the task that makes exactly this grant. */
function fixOf({ roleName, scope }: RoleFact, cluster: AksCluster | undefined): string {
  const identity = roleName === 'Managed Identity Operator' ? `, identity: ${identityInput(scope)}` : '';
  const where = cluster ? `, resourceGroup: ${cluster.resourceGroup}, clusterName: ${cluster.name}` : '';
  return `Run AksRoleGrants@1 with preset: podIdentity${identity}${where}.`;
}
