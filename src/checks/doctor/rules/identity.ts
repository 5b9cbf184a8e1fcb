import type { AzureIdentity, AzureIdentityBinding, Pod } from '../../../kube/shapes.ts';
import { isGuid } from '../../../runtime/guid.ts';
import { listOf, sameIgnoringCase } from '../../../runtime/text.ts';
import type { Bound } from '../bound.ts';
import type { AzureIdentityFact } from '../facts.ts';
import { bindingLabel, boundTo, identitiesOf, isNamespaced, nameInAzure, place, resourceIdOf } from '../bound.ts';
import { valueOr } from '../looked.ts';
import type { DoctorRule, Finding } from '../rule.ts';
import { failed, passed, rule, warned } from '../rule.ts';

const NO_POD: Finding = { status: 'skipped', because: 'no pod carries the label' };

export const bindingRule: DoctorRule = rule({
  link: 'binding',
  title: 'one AzureIdentityBinding has the label as its selector, and its AzureIdentity is there',
  follows: ['definitions', 'pods', 'label'],
  needs: ['pods', 'bindings', 'identities'],
  uses: ['mic'],
  judge: ({ pods, bindings, identities }, looked) => {
    const labelled = pods.filter((pod) => bindingLabel(pod) !== '');
    if (labelled.length === 0) return NO_POD;
    const unbound = labelled.find((pod) => boundTo([pod], bindings, identities).length === 0);
    if (unbound) return noBinding(bindingLabel(unbound), bindings);
    const bound = boundTo(labelled, bindings, identities);
    const dangling = bound.find(({ identity }) => identity === undefined);
    if (dangling) return noIdentity(dangling.binding, identities);
    const mic = valueOr(looked.mic, undefined);
    const apart = labelled.flatMap((pod) =>
      boundTo([pod], bindings, identities).filter(
        ({ binding, identity }) => isNamespaced(mic, identity) && binding.metadata.namespace !== pod.metadata.namespace,
      ),
    );
    const [first] = apart;
    if (first) return namespacesApart(first, labelled);
    return severalOrPassed(labelled, bindings, identities);
  },
});

function noBinding(label: string, bindings: readonly AzureIdentityBinding[]): Finding {
  const selectors = [...new Set(bindings.map(({ spec }) => spec?.selector ?? ''))].slice(0, 5);
  const there = selectors.length === 0 ? 'there is no binding at all' : `there are ${listOf(selectors)}`;
  return failed('DOC015', { message: `No AzureIdentityBinding has the selector ${label}; ${there}.` });
}

function noIdentity(binding: AzureIdentityBinding, identities: readonly AzureIdentity[]): Finding {
  const name = binding.spec?.azureIdentity ?? '';
  const elsewhere = identities.filter(({ metadata }) => metadata.name === name).map(place);
  const there = elsewhere.length === 0 ? '' : `; there is ${listOf(elsewhere)}`;
  return failed('DOC016', {
    message: `The AzureIdentityBinding ${place(binding)} names the AzureIdentity ${name}, which is not in its namespace${there}.`,
  });
}

function namespacesApart({ binding }: Bound, pods: readonly Pod[]): Finding {
  const namespace = pods[0]?.metadata.namespace ?? '';
  return failed('DOC017', {
    message: `The pods are in namespace ${namespace}, their AzureIdentityBinding is ${place(binding)}, and Pod Identity is namespaced here.`,
  });
}

function severalOrPassed(
  pods: readonly Pod[],
  bindings: readonly AzureIdentityBinding[],
  identities: readonly AzureIdentity[],
): Finding {
  const crowded = pods.find((pod) => clientIds(boundTo([pod], bindings, identities)).size > 1);
  if (crowded) {
    const names = boundTo([crowded], bindings, identities).map(({ binding }) => place(binding));
    return warned('DOC018', { message: `The label ${bindingLabel(crowded)} has several bindings: ${listOf(names)}.` });
  }
  const found = boundTo(pods, bindings, identities).map(
    ({ binding, identity }) => `${place(binding)} -> ${identity?.metadata.name ?? ''}`,
  );
  return passed([...new Set(found)].join(', '));
}

function clientIds(bound: readonly Bound[]): ReadonlySet<string> {
  return new Set(identitiesOf(bound).map(({ spec }) => (spec?.clientID ?? '').toLowerCase()));
}

/** MIC names its records by pod, namespace and identity name, so the second of two equal names is left out. */
export const uniqueIdentityRule: DoctorRule = rule({
  link: 'uniqueIdentity',
  title: 'no other namespace has an AzureIdentity of the same name for the same pods',
  follows: ['definitions', 'binding'],
  needs: ['pods', 'bindings', 'identities'],
  uses: ['mic'],
  judge: ({ pods, bindings, identities }, looked) => {
    const mic = valueOr(looked.mic, undefined);
    for (const pod of pods) {
      const own = identitiesOf(boundTo([pod], bindings, identities)).filter((each) => !isNamespaced(mic, each));
      const double = own.find((each) =>
        own.some((other) => other !== each && other.metadata.name === each.metadata.name),
      );
      if (!double) continue;
      const places = own.filter(({ metadata }) => metadata.name === double.metadata.name).map(place);
      return failed('POD008', {
        message: `The label ${bindingLabel(pod)} leads to ${listOf(places)}: MIC takes only one of them.`,
      });
    }
    return passed(`${String(identities.length)} in the cluster`);
  },
});

const RESOURCE_ID =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i;

export const identityObjectRule: DoctorRule = rule({
  link: 'identityObject',
  title: 'the AzureIdentity is written as MIC reads it',
  follows: ['definitions', 'binding'],
  needs: ['pods', 'bindings', 'identities'],
  judge: ({ pods, bindings, identities }) => {
    const own = identitiesOf(boundTo(pods, bindings, identities));
    if (own.length === 0) return { status: 'skipped', because: 'no AzureIdentity is bound to the pods' };
    for (const identity of own) {
      const wrong = wrongWith(identity);
      if (wrong !== undefined) return failed('DOC020', { message: `The AzureIdentity ${place(identity)} ${wrong}.` });
    }
    return passed(own.map(place).join(', '));
  },
});

/** MIC's own rules; it compares field names by their letter case since release 1.6. */
function wrongWith({ spec = {} }: AzureIdentity): string | undefined {
  const { type = 0, resourceID = '', clientID = '' } = spec;
  const misspelt = Object.keys(spec).find(
    (name) => !KNOWN.includes(name) && KNOWN.some((known) => sameIgnoringCase(known, name)),
  );
  if (misspelt !== undefined) return `has a field ${misspelt} in a letter case that nobody reads`;
  if (type !== 0) return undefined;
  if (!RESOURCE_ID.test(resourceID))
    return `has the resourceID "${resourceID}", which is no id of a user-assigned identity`;
  return isGuid(clientID) ? undefined : `has the clientID "${clientID}", which is no GUID`;
}

const KNOWN = ['type', 'resourceID', 'clientID', 'tenantID', 'clientPassword', 'adResourceID', 'adEndpoint'];

export const azureIdentityRule: DoctorRule = rule({
  link: 'azureIdentity',
  title: 'Azure has the identity under the same ids',
  follows: ['connection', 'binding', 'identityObject'],
  needs: ['pods', 'bindings', 'identities', 'azureIdentities'],
  judge: ({ pods, bindings, identities, azureIdentities }) => {
    const own = identitiesOf(boundTo(pods, bindings, identities));
    if (own.length === 0) return { status: 'skipped', because: 'no AzureIdentity is bound to the pods' };
    const wrong = own.map((identity) => differs(identity, azureIdentities.get(resourceIdOf(identity))));
    return wrong.find((finding) => finding !== undefined) ?? passed(own.map(nameInAzure).join(', '));
  },
});

function differs(identity: AzureIdentity, found: AzureIdentityFact | undefined): Finding | undefined {
  const { resourceID = '', clientID = '' } = identity.spec ?? {};
  if (!found) return undefined;
  if (!found.found) {
    const message = `The AzureIdentity ${place(identity)} names ${resourceID}, which does not exist in Azure.`;
    return failed('DOC021', { message });
  }
  if (sameIgnoringCase(found.clientId, clientID)) return undefined;
  const message = `The AzureIdentity ${place(identity)} has the client id ${clientID}; in Azure it is ${found.clientId}.`;
  return failed('DOC022', { message });
}
