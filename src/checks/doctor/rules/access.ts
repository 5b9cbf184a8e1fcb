import type { Pod } from '../../../kube/shapes.ts';
import { listOf } from '../../../runtime/text.ts';
import { flag, isManaged } from '../bound.ts';
import type { ProgramFact } from '../facts.ts';
import { valueOr } from '../looked.ts';
import type { DoctorRule } from '../rule.ts';
import { failed, passed, rule, warned } from '../rule.ts';
import { covers } from './pods.ts';

export const rightsRule: DoctorRule = rule({
  link: 'rights',
  title: 'MIC and NMI have their rights in the cluster',
  follows: ['apiServer', 'definitions'],
  needs: ['rights'],
  judge: ({ rights }) => {
    const lacking = (['nmi', 'mic'] as const).filter((program) => rights[program].length > 0);
    const [first] = lacking;
    if (!first) return passed('yes');
    const missing = lacking.map(
      (program) => `${program.toUpperCase()} may not ${listOf(rights[program].slice(0, 4), 'or')}`,
    );
    return failed('DOC023', {
      message: `${missing.join('; ')}.`,
      fix: 'Run PodIdentityInstall@1 with this cluster: it makes the missing ClusterRole or ClusterRoleBinding again.',
    });
  },
});

const ADD_ON = { 'kubernetes.azure.com/managedby': 'aks' } as const;

export const exceptionsRule: DoctorRule = rule({
  link: 'exceptions',
  title: "NMI leaves MIC's and the add-ons' own token requests alone",
  follows: ['apiServer', 'definitions'],
  needs: ['exceptions'],
  uses: ['mic', 'nmi'],
  judge: ({ exceptions }, looked) => {
    const [mic, nmi] = [valueOr(looked.mic, undefined), valueOr(looked.nmi, undefined)];
    if (!nmi) return { status: 'skipped', because: 'there is no NMI' };
    const caught = mic && !isManaged(nmi) ? mic.pods.find((pod) => isCaught(pod, nmi, exceptions)) : undefined;
    if (caught && mic) {
      return failed('DOC024', {
        message: `NMI answers the token requests of MIC's own pods (${caught.metadata.name} in namespace ${mic.namespace}) and knows no identity for them.`,
      });
    }
    const addOn = { metadata: { name: 'add-on', namespace: 'kube-system', labels: ADD_ON } };
    if (exceptions.some((exception) => covers(exception, addOn)))
      return passed(`${String(exceptions.length)} exceptions`);
    return warned('DOC025', { message: 'No AzurePodIdentityException in kube-system covers the pods of AKS add-ons.' });
  },
});

/** NMI passes by what looks like MIC in the namespace where it expects MIC, and what an exception covers. */
function isCaught(pod: Pod, nmi: ProgramFact, exceptions: readonly Parameters<typeof covers>[0][]): boolean {
  if (pod.spec?.hostNetwork === true) return false;
  const expected = flag(nmi, 'MICNamespace') ?? 'default';
  const set = pod.metadata.ownerReferences?.find(({ kind }) => kind === 'ReplicaSet')?.name ?? '';
  const isMic = pod.metadata.namespace?.toLowerCase() === expected.toLowerCase() && set.startsWith('mic');
  return !isMic && !exceptions.some((exception) => covers(exception, pod));
}
