import type { AzureAssignedIdentity, Pod } from '../../../kube/shapes.ts';
import { isPodReady } from '../../../kube/status/pod.ts';
import { count, listOf, sameIgnoringCase } from '../../../runtime/text.ts';
import { bindingLabel, boundTo, identitiesOf, isManaged, nameInAzure, place, resourceIdOf } from '../bound.ts';
import type { DoctorFacts } from '../facts.ts';
import { valueOr } from '../looked.ts';
import { lastErrorOf } from '../log-lines.ts';
import { scaleSetsOf } from '../scale-sets.ts';
import type { DoctorRule, Link } from '../rule.ts';
import { failed, passed, rule } from '../rule.ts';

const BEFORE_ASSIGNMENT: readonly Link[] = [
  'apiServer',
  'definitions',
  'pods',
  'label',
  'binding',
  'uniqueIdentity',
  'identityObject',
  'azureIdentity',
  'rights',
  'exceptions',
  'mic',
  'roles',
  'micLog',
  'staleAssignments',
];

/** MIC takes its finalizer off when it has taken the identity off the node; without MIC nobody does. */
export const staleAssignmentsRule: DoctorRule = rule({
  link: 'staleAssignments',
  title: 'no AzureAssignedIdentity hangs in deletion or is of a pod that is gone',
  follows: ['definitions', 'rights', 'exceptions', 'mic', 'roles'],
  needs: ['assigned'],
  uses: ['mic'],
  judge: ({ assigned, question }) => {
    const hanging = assigned.filter(({ metadata }) => isOld(metadata.deletionTimestamp, question.now));
    const [first] = hanging;
    if (!first) return passed(`${count(assigned.length, 'assignment')} in the cluster`);
    const { name, namespace = '' } = first.metadata;
    return failed('DOC035', {
      message: `${count(hanging.length, 'AzureAssignedIdentity object')} cannot be deleted, ${place(first)} among them.`,
      fix: `kubectl patch azureassignedidentity ${name} --namespace ${namespace} --type merge --patch '{"metadata":{"finalizers":null}}'`,
    });
  },
});

/** MIC takes up to a minute for a scale set. */
const DELETION_TAKES = 3 * 60_000;

function isOld(deleted: string | undefined, now: Date): boolean {
  return deleted !== undefined && now.getTime() - Date.parse(deleted) > DELETION_TAKES;
}

export const assignedRule: DoctorRule = rule({
  link: 'assigned',
  title: 'MIC has assigned the identity to the pods',
  follows: BEFORE_ASSIGNMENT,
  needs: ['pods', 'bindings', 'identities', 'assigned'],
  uses: ['nmi', 'micLog'],
  judge: ({ pods, bindings, identities, assigned }, { nmi, micLog }) => {
    if (isManaged(valueOr(nmi, undefined))) return { status: 'skipped', because: 'managed mode has no MIC' };
    const waiting = pods.filter((pod) => bindingLabel(pod) !== '' && isPodReady(pod));
    const own = identitiesOf(boundTo(waiting, bindings, identities));
    if (own.length === 0) return { status: 'skipped', because: 'no ready pod is bound to an identity' };
    const states = waiting.map((pod) => stateOf(pod, assigned));
    const done = states.filter((state) => state === 'Assigned').length;
    const measured = `${String(done)} of ${count(waiting.length, 'pod')}`;
    if (done === waiting.length) return passed(measured);
    const created = states.includes('Created') ? ' (MIC knows them, and the scale set is not done)' : '';
    const said = lastErrorOf(valueOr(micLog, undefined)?.lines ?? []);
    return failed('POD009', {
      message: `Assigned: ${measured}${created}.`,
      fix: 'MIC tries again by itself within ten minutes. At once: kubectl rollout restart deployment mic; its log says what is missing (kubectl logs --selector app=mic).',
      ...(said === undefined ? {} : { detail: `MIC: ${said}` }),
    });
  },
});

export function stateOf({ metadata }: Pod, assigned: readonly AzureAssignedIdentity[]): string {
  const mine = assigned.filter(({ spec }) => spec?.pod === metadata.name && spec.podNamespace === metadata.namespace);
  if (mine.some(({ status }) => status?.status === 'Assigned')) return 'Assigned';
  return mine.length > 0 ? 'Created' : 'none';
}

export const scaleSetRule: DoctorRule = rule({
  link: 'scaleSet',
  title: 'the identity is on the scale sets of the pods',
  follows: [...BEFORE_ASSIGNMENT, 'assigned'],
  needs: ['pods', 'bindings', 'identities', 'nodes', 'scaleSets'],
  judge: ({ pods, bindings, identities, nodes, scaleSets }) => {
    const running = pods.filter((pod) => bindingLabel(pod) !== '' && isPodReady(pod));
    const own = identitiesOf(boundTo(running, bindings, identities));
    if (own.length === 0) return { status: 'skipped', because: 'no ready pod is bound to an identity' };
    const names = scaleSetsOf(running, nodes);
    const lacking = scaleSets
      .filter(({ name }) => names.some((each) => sameIgnoringCase(each, name)))
      .filter(({ identities: on }) => own.some((identity) => !on.includes(resourceIdOf(identity))))
      .map(({ name }) => name);
    if (lacking.length > 0) {
      const which = own.map(nameInAzure);
      return failed('DOC036', { message: `${listOf(which)} is not on ${listOf(lacking)}.` });
    }
    return passed(names.length === 0 ? 'no scale set' : listOf(names));
  },
});

/** Whether everything that MIC does for these pods is done, so that what is missing matters for later ones only. */
export function worksNow(facts: Pick<DoctorFacts, 'pods' | 'assigned'>): boolean {
  const pods = valueOr(facts.pods, []).filter((pod) => bindingLabel(pod) !== '');
  const assigned = valueOr(facts.assigned, []);
  return pods.length > 0 && pods.every((pod) => stateOf(pod, assigned) === 'Assigned');
}
