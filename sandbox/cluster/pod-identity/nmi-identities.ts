/** Which identity a pod's request is for, found as NMI does: from what MIC assigned, or (managed mode) from the bindings. */
import type { Pod } from '../controllers/shapes.ts';
import { pause } from './context.ts';
import type { Informers } from './informers.ts';
import type { Klog } from './klog.ts';
import {
  isNamespaced,
  kinds,
  POD_LABEL,
  redacted,
  type AzureAssignedIdentity,
  type AzureIdentity,
  type AzureIdentityBinding,
} from './kinds.ts';

/** The client id or the resource id that the request names; '' where it names none. */
interface WantedIdentity {
  readonly clientId: string;
  readonly resourceId: string;
}

interface Retries {
  readonly created: number;
  readonly assigned: number;
  readonly seconds: number;
}

/** What NMI answers with 404. */
export class NoIdentityError extends Error {
  override readonly name = 'NoIdentityError';
}

export interface IdentitySearch {
  readonly informers: Informers;
  readonly log: Klog;
  readonly namespaced: boolean;
  readonly retries: Retries;
  readonly timeScale: number;
}

/** Standard mode: waits for MIC. @throws NoIdentityError with NMI's text */
export async function assignedIdentity(
  search: IdentitySearch,
  pod: Pod,
  wanted: WantedIdentity,
): Promise<AzureIdentity> {
  const { log, namespaced } = search;
  const namespace = pod.metadata.namespace ?? '';
  const usable = (await waitForAssigned(search, pod, wanted)).filter((identity) => {
    if ((!namespaced && !isNamespaced(identity)) || identity.metadata.namespace === namespace) return true;
    const which = `${identity.metadata.name}/${identity.metadata.namespace ?? ''}`;
    const text = `pod:${namespace}/${pod.metadata.name} has identity ${which} but identity is namespaced will be ignored`;
    log.error('standard.go:66', text);
    return false;
  });
  return pick(log, pod, wanted, usable);
}

/** Managed mode: no MIC, everything in the pod's namespace. */
export function boundIdentity({ informers, log }: IdentitySearch, pod: Pod, wanted: WantedIdentity): AzureIdentity {
  const { namespace } = pod.metadata;
  const label = pod.metadata.labels?.[POD_LABEL];
  const names = informers
    .list<AzureIdentityBinding>(kinds.bindings)
    .filter(({ metadata, spec }) => metadata.namespace === namespace && spec?.selector === label)
    .map(({ spec }) => spec?.azureIdentity);
  const identities = informers
    .list<AzureIdentity>(kinds.identities)
    .filter(({ metadata }) => metadata.namespace === namespace && names.includes(metadata.name));
  if (identities.length === 0) throw noneFor(wanted);
  return pick(log, pod, wanted, identities);
}

function pick(log: Klog, pod: Pod, wanted: WantedIdentity, identities: readonly AzureIdentity[]): AzureIdentity {
  const podName = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
  const { clientId, resourceId } = wanted;
  const named = (identity: AzureIdentity): string => `${identity.metadata.namespace ?? ''}/${identity.metadata.name}`;
  if (clientId === '' && resourceId === '') {
    const [first] = identities;
    // The real program reads past the end of its list here, and answers 500 with Go's words.
    if (first === undefined) throw new RangeError('runtime error: index out of range [0] with length 0');
    const matched = `${podName} has been matched with azure identity ${named(first)}`;
    log.info('standard.go:78', `no clientID or resourceID in request. ${matched}`);
    return first;
  }
  const found = identities.find(
    ({ spec }) =>
      (clientId !== '' && spec?.clientID === clientId) || (resourceId !== '' && spec?.resourceID === resourceId),
  );
  if (found === undefined) throw noneFor(wanted);
  const matched = `${podName} has been matched with azure identity ${named(found)}`;
  if (clientId !== '') log.info('standard.go:85', `clientID in request: ${redacted(clientId)}, ${matched}`);
  return found;
}

function noneFor({ clientId }: WantedIdentity): NoIdentityError {
  return new NoIdentityError(`no azure identity found for request clientID ${redacted(clientId)}`);
}

async function waitForAssigned(search: IdentitySearch, pod: Pod, wanted: WantedIdentity): Promise<AzureIdentity[]> {
  const { created, assigned, seconds } = search.retries;
  const podName = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
  const failed = (state: string, attempts: number): string =>
    `getting assigned identities for pod ${podName} in ${state} state failed after ${attempts} attempts, retry duration [${seconds}]s, error: <nil>. Check MIC pod logs for identity assignment errors`;
  for (let attempt = 0; attempt < created + assigned; attempt++) {
    const inState = identitiesByState(search.informers, pod);
    const ready = [...inState('Assigned')];
    if (ready.some((identity) => isWanted(identity, wanted))) return ready;
    if (attempt >= created && !inState('Created').some((identity) => isWanted(identity, wanted))) {
      const named =
        wanted.clientId === '' && wanted.resourceId === '' ? '' : `clientID in request: ${redacted(wanted.clientId)}, `;
      throw new NoIdentityError(named + failed('CREATED', created));
    }
    await pause(search, seconds);
  }
  throw new NoIdentityError(failed('ASSIGNED', created + assigned));
}

function identitiesByState(informers: Informers, pod: Pod): (state: 'Created' | 'Assigned') => AzureIdentity[] {
  const mine = informers
    .list<AzureAssignedIdentity>(kinds.assigned)
    .filter(({ spec }) => spec.pod === pod.metadata.name && spec.podNamespace === pod.metadata.namespace);
  return (state) => mine.filter(({ status }) => status?.status === state).map(({ spec }) => spec.azureIdentityRef);
}

/** Letter case does not count here, but does when the identity is picked: so it is in the real program. */
function isWanted({ spec }: AzureIdentity, { clientId, resourceId }: WantedIdentity): boolean {
  if (clientId === '' && resourceId === '') return true;
  const equal = (left: string, right = ''): boolean => left !== '' && left.toLowerCase() === right.toLowerCase();
  return equal(clientId, spec?.clientID) || equal(resourceId, spec?.resourceID);
}
