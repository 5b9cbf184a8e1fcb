/** Which pod should have which identity: pure, from what MIC's caches hold. */
import type { Pod } from '../controllers/shapes.ts';
import type { Klog } from './klog.ts';
import {
  isManagedIdentity,
  isNamespaced,
  POD_LABEL,
  resourceIdProblem,
  type AzureAssignedIdentity,
  type AzureIdentity,
  type AzureIdentityBinding,
} from './kinds.ts';

export interface World {
  readonly pods: readonly Pod[];
  readonly identities: readonly AzureIdentity[];
  readonly bindings: readonly AzureIdentityBinding[];
  readonly namespaced: boolean;
}

/** By name of the AzureAssignedIdentity: names are unique in the cluster, by MIC's own assumption. */
export type Assignments = Map<string, AzureAssignedIdentity>;

export function desiredAssignments(world: World, log: Klog): Assignments {
  const identities = validIdentities(world.identities, log);
  const desired: Assignments = new Map();
  for (const pod of world.pods) {
    for (const binding of bindingsFor(pod, world.bindings, log)) {
      const identity = identities.get(`${binding.metadata.namespace ?? ''}/${binding.spec?.azureIdentity ?? ''}`);
      if (identity === undefined) {
        const named = binding.spec?.azureIdentity ?? '';
        log.info('mic.go:672', `${named} identity not found when using ${fullName(binding)} binding`);
      } else if (mayUse(world.namespaced, pod, binding, identity)) {
        add(desired, assignment(world.namespaced, pod, binding, identity), log);
      }
    }
  }
  return desired;
}

function validIdentities(all: readonly AzureIdentity[], log: Klog): Map<string, AzureIdentity> {
  const valid = new Map<string, AzureIdentity>();
  for (const identity of all) {
    const problem = isManagedIdentity(identity) ? resourceIdProblem(identity.spec?.resourceID ?? '') : undefined;
    if (problem === undefined) valid.set(fullName(identity), identity);
    else log.error('mic.go:966', `ignoring azure identity ${fullName(identity)}, error: ${problem}`);
  }
  return valid;
}

function bindingsFor(pod: Pod, all: readonly AzureIdentityBinding[], log: Klog): AzureIdentityBinding[] {
  const label = pod.metadata.labels?.[POD_LABEL] ?? '';
  const name = fullName(pod);
  if (pod.spec.nodeName === undefined) {
    log.info('mic.go:604', `pod ${name} has no assigned node yet. it will be ignored`);
    return [];
  }
  if (label === '') {
    log.info('mic.go:611', `pod ${name} doesn't contain ${POD_LABEL} label field. it will be ignored`);
    return [];
  }
  const matching = all.filter(({ spec }) => spec?.selector === label);
  if (matching.length === 0) {
    const text = `No AzureIdentityBinding found for pod ${name} that matches selector: ${label}. it will be ignored`;
    log.info('mic.go:625', text);
  }
  return matching.sort((left, right) => (fullName(left) < fullName(right) ? -1 : 1));
}

/** Namespaced: pod, binding and identity have to be in one namespace. */
function mayUse(namespaced: boolean, pod: Pod, binding: AzureIdentityBinding, identity: AzureIdentity): boolean {
  if (!namespaced && !isNamespaced(identity)) return true;
  const { namespace } = binding.metadata;
  return identity.metadata.namespace === namespace && pod.metadata.namespace === namespace;
}

function assignment(
  namespaced: boolean,
  pod: Pod,
  binding: AzureIdentityBinding,
  identity: AzureIdentity,
): AzureAssignedIdentity {
  const podNamespace = pod.metadata.namespace ?? '';
  const nodename = pod.spec.nodeName ?? '';
  const own = namespaced || isNamespaced(identity) ? identity.metadata.namespace : undefined;
  return {
    apiVersion: 'aadpodidentity.k8s.io/v1',
    kind: 'AzureAssignedIdentity',
    metadata: {
      name: `${pod.metadata.name}-${podNamespace}-${identity.metadata.name}`,
      namespace: own ?? 'default',
      labels: { nodename },
    },
    spec: { azureIdentityRef: identity, azureBindingRef: binding, pod: pod.metadata.name, podNamespace, nodename },
    status: { availableReplicas: 1 },
  };
}

function add(desired: Assignments, one: AzureAssignedIdentity, log: Klog): void {
  const { name } = one.metadata;
  const first = desired.get(name);
  if (first === undefined) {
    desired.set(name, one);
    return;
  }
  const identity = one.spec.azureIdentityRef.metadata;
  const places = `${first.spec.azureIdentityRef.metadata.namespace ?? ''} and ${identity.namespace ?? ''} namespace`;
  const advice =
    'Considering renaming it or enabling Namespace mode (https://azure.github.io/aad-pod-identity/docs/configure/match_pods_in_namespace)';
  log.warning('mic.go:662', `AzureIdentity ${identity.name} exists in both ${places}. ${advice}`);
}

export interface Changes {
  readonly create: AzureAssignedIdentity[];
  readonly remove: AzureAssignedIdentity[];
  /** Same name, other content: before and after. */
  readonly update: { readonly before: AzureAssignedIdentity; readonly after: AzureAssignedIdentity }[];
}

export function difference(current: Assignments, desired: Assignments): Changes {
  const changes: Changes = { create: [], remove: [], update: [] };
  for (const [name, wanted] of desired) {
    const old = current.get(name);
    if (old === undefined) changes.create.push(wanted);
    else if (!equal(old, wanted)) {
      const metadata = { ...old.metadata, labels: { ...wanted.metadata.labels } };
      changes.update.push({ before: old, after: { ...wanted, metadata } });
    }
    // Still Created: the scale set does not have the identity yet, so that is tried again.
    else if (old.status?.status === 'Created') changes.create.push(old);
  }
  for (const [name, old] of current) if (!desired.has(name)) changes.remove.push(old);
  return changes;
}

function equal({ spec: left }: AzureAssignedIdentity, { spec: right }: AzureAssignedIdentity): boolean {
  const versions = ({ azureBindingRef, azureIdentityRef }: AzureAssignedIdentity['spec']): string =>
    [azureBindingRef, azureIdentityRef]
      .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion ?? ''}`)
      .join(' ');
  return (
    versions(left) === versions(right) &&
    left.pod === right.pod &&
    left.podNamespace === right.podNamespace &&
    left.nodename === right.nodename
  );
}

export function fullName({ metadata }: { readonly metadata: { namespace?: string; name: string } }): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
