import { isPodReady } from '../../../kube/status/pod.ts';
import type { AzureIdentity, AzureIdentityBinding, Pod } from '../../../kube/shapes.ts';
import { count, listOf } from '../../../runtime/text.ts';
import { BINDING_LABEL, bindingLabel, identityInput } from '../bound.ts';
import type { DoctorQuestion } from '../facts.ts';
import { valueOr } from '../looked.ts';
import { isLinux, troubleText } from '../program.ts';
import type { DoctorRule } from '../rule.ts';
import { failed, passed, rule, warned } from '../rule.ts';

/** `3 pods (web-1, web-2 and web-3)` */
export function namesOf(pods: readonly Pod[]): string {
  const names = pods.map(({ metadata }) => metadata.name);
  const more = names.length > 3 ? [`${String(names.length - 3)} more`] : [];
  return listOf([...names.slice(0, 3), ...more]);
}

export function askedText({ namespace, podSelector }: DoctorQuestion): string {
  const which = podSelector === undefined ? `with the label ${BINDING_LABEL}` : `with ${podSelector}`;
  return `${which} in namespace ${namespace}`;
}

export const podsRule: DoctorRule = rule({
  link: 'pods',
  title: 'the pods are there and run',
  follows: ['apiServer', 'connection'],
  needs: ['pods'],
  judge: ({ pods, question }) => {
    if (pods.length === 0) {
      const code = question.podSelector === undefined ? 'DOC013' : 'CHK001';
      return failed(code, { message: `There is no pod ${askedText(question)}.` });
    }
    const ready = pods.filter(isPodReady);
    const measured = `${String(ready.length)} of ${count(pods.length, 'pod')} ready`;
    if (ready.length > 0) return passed(measured);
    return warned('CHK001', { message: `${measured} ${askedText(question)}${troubleText({ pods })}.` });
  },
});

export const podNetworkRule: DoctorRule = rule({
  link: 'podNetwork',
  title: 'what the pods send to the metadata address goes to NMI',
  follows: ['pods'],
  needs: ['pods'],
  uses: ['nodes', 'exceptions'],
  judge: ({ pods }, looked) => {
    if (pods.length === 0) return { status: 'skipped', because: 'there is no pod' };
    const onHost = pods.filter(({ spec }) => spec?.hostNetwork === true);
    if (onHost.length > 0) return failed('DOC010', { message: `${namesOf(onHost)} uses the network of its node.` });
    const linux = new Map(valueOr(looked.nodes, []).map((node) => [node.metadata.name, isLinux(node)]));
    const windows = pods.filter(({ spec }) => linux.get(spec?.nodeName ?? '') === false);
    if (windows.length > 0) return failed('DOC011', { message: `${namesOf(windows)} runs on a Windows node.` });
    for (const exception of valueOr(looked.exceptions, [])) {
      const excepted = pods.filter((pod) => covers(exception, pod));
      if (excepted.length === 0) continue;
      const { name, namespace = '' } = exception.metadata;
      return failed('DOC012', {
        message: `The AzurePodIdentityException ${name} in namespace ${namespace} covers ${namesOf(excepted)}.`,
        fix: `Take the label off the pods, or the exception away: kubectl delete azurepodidentityexception ${name} --namespace ${namespace}`,
      });
    }
    return passed('no host network, no Windows node, no exception');
  },
});

/** An exception counts in its own namespace, for pods that carry all of its labels. */
export function covers(
  exception: {
    readonly metadata: { readonly namespace?: string };
    readonly spec?: { readonly podLabels?: Readonly<Record<string, string>> };
  },
  pod: Pick<Pod, 'metadata'>,
): boolean {
  const labels = Object.entries(exception.spec?.podLabels ?? {});
  const { namespace, labels: own = {} } = pod.metadata;
  return (
    labels.length > 0 &&
    exception.metadata.namespace === namespace &&
    labels.every(([key, value]) => own[key] === value)
  );
}

/** With the selector and the identity of the binding that is there, where it is the only one. */
function bindAdvice(
  { namespace }: DoctorQuestion,
  bindings: readonly AzureIdentityBinding[],
  identities: readonly AzureIdentity[],
): string {
  const [binding, ...others] = bindings.filter(({ metadata }) => metadata.namespace === namespace);
  const identity = identities.find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === binding?.spec?.azureIdentity,
  );
  const known =
    binding && identity && others.length === 0
      ? `, identity: ${identityInput(identity.spec?.resourceID ?? '')}, selector: ${binding.spec?.selector ?? ''}`
      : '';
  return `Run PodIdentityBind@1 with namespace: ${namespace}${known} and workloads: kind/name of the workload; it labels the pod template and rolls it out.`;
}

export const labelRule: DoctorRule = rule({
  link: 'label',
  title: `the pods carry the label ${BINDING_LABEL}`,
  follows: ['pods'],
  needs: ['pods'],
  uses: ['bindings', 'identities'],
  judge: ({ pods, question }, looked) => {
    if (pods.length === 0) return { status: 'skipped', because: 'there is no pod' };
    const bare = pods.filter((pod) => bindingLabel(pod) === '');
    if (bare.length === 0) return passed(listOf([...new Set(pods.map(bindingLabel))]));
    const fix = bindAdvice(question, valueOr(looked.bindings, []), valueOr(looked.identities, []));
    if (bare.length === pods.length) {
      return failed('DOC013', {
        message: `${count(pods.length, 'pod')} ${askedText(question)}: none carries the label ${BINDING_LABEL}.`,
        fix,
      });
    }
    return failed('DOC014', {
      message: `${String(bare.length)} of ${count(pods.length, 'pod')} ${askedText(question)} lack the label ${BINDING_LABEL} (${namesOf(bare)}).`,
      fix,
    });
  },
});
