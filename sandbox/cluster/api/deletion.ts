/** Delete below HTTP: grace, finalizers, preconditions, propagation. */
import type { KubeObject } from '../../contracts.ts';
import { authorize, timestamp, type Core, type Target, type WriteContext } from './core.ts';
import { conflict, forbidden } from './errors.ts';
import { at, draftOf, objectOf, stringAt, type Draft } from './json.ts';
import { existing, inVersion, listObjects, type ListOptions } from './reads.ts';
import { storageKey } from './resources.ts';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground' | undefined;
  readonly preconditions?:
    { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined } | undefined;
}

export interface Deleted {
  readonly object: KubeObject;
  /** False: the object stays for its grace period or its finalizers. */
  readonly gone: boolean;
}

/** Source: k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle. */
const KEPT_NAMESPACES = new Set(['default', 'kube-public', 'kube-system']);

const FINALIZER_OF: Readonly<Record<string, string>> = { Orphan: 'orphan', Foreground: 'foregroundDeletion' };

export function deleteObject(core: Core, target: Target, options: DeleteOptions, context: WriteContext): Deleted {
  authorize(core, context.user, 'delete', target);
  return remove(core, target, options, context);
}

/** `DELETE` of a collection: what the selectors choose, each as if deleted alone. */
export function deleteCollection(
  core: Core,
  target: Target,
  options: DeleteOptions & { readonly selection: ListOptions },
  context: WriteContext,
): KubeObject[] {
  authorize(core, context.user, 'deletecollection', target);
  const master = { ...context.user, groups: [...context.user.groups, 'system:masters'] };
  const { items } = listObjects(core, master, target, options.selection);
  return items.map((object) => {
    const one = { ...target, namespace: object.metadata.namespace, name: object.metadata.name };
    return remove(core, one, options, context).object;
  });
}

function remove(core: Core, target: Target, options: DeleteOptions, context: WriteContext): Deleted {
  const current = existing(core, target);
  if (isNamespace(target) && KEPT_NAMESPACES.has(current.metadata.name)) {
    throw forbidden(target.info, current.metadata.name, 'this namespace may not be deleted');
  }
  checkPreconditions(target, current, options);
  const draft = draftOf(current);
  addPropagationFinalizer(draft, options);
  const grace = graceOf(target, current, options);
  const finalizers = draft.metadata['finalizers'];
  const held =
    (Array.isArray(finalizers) && finalizers.length > 0) ||
    (isNamespace(target) && at(current, 'spec', 'finalizers') !== undefined);
  if (!held && grace === 0) {
    if (context.dryRun) return { object: current, gone: true };
    return { object: inVersion(target.info, core.store.remove(storageKey(target.info), current)), gone: true };
  }
  return { object: markDeleted(core, target, { current, draft, grace }, context), gone: false };
}

function isNamespace(target: Target): boolean {
  return target.info.group === '' && target.info.plural === 'namespaces';
}

interface Marking {
  readonly current: KubeObject;
  readonly draft: Draft;
  readonly grace: number;
}

function markDeleted(
  core: Core,
  target: Target,
  { current, draft, grace }: Marking,
  context: WriteContext,
): KubeObject {
  const { metadata } = draft;
  const before = current.metadata['deletionGracePeriodSeconds'];
  const shortens = typeof before === 'number' && grace < before;
  if (current.metadata.deletionTimestamp !== undefined && !shortens) return current;
  const ends = core.now().getTime() + grace * 1000;
  metadata['deletionTimestamp'] = timestamp({ ...core, now: () => new Date(ends) });
  metadata['deletionGracePeriodSeconds'] = grace;
  if (typeof metadata['generation'] === 'number') metadata['generation'] += 1;
  if (isNamespace(target)) draft['status'] = { phase: 'Terminating' };
  return context.dryRun
    ? objectOf(draft)
    : inVersion(target.info, core.store.put(storageKey(target.info), objectOf(draft)));
}

function checkPreconditions(target: Target, current: KubeObject, { preconditions }: DeleteOptions): void {
  const { name, uid, resourceVersion } = current.metadata;
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    throw conflict(
      target.info,
      name,
      `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${String(uid)}`,
    );
  }
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    throw conflict(
      target.info,
      name,
      `Precondition failed: ResourceVersion in precondition: ${preconditions.resourceVersion}, ResourceVersion in object meta: ${String(resourceVersion)}`,
    );
  }
}

function addPropagationFinalizer(draft: Draft, { propagationPolicy = 'Background' }: DeleteOptions): void {
  const finalizer = FINALIZER_OF[propagationPolicy];
  if (finalizer === undefined || draft.metadata['deletionTimestamp'] !== undefined) return;
  const others = Array.isArray(draft.metadata['finalizers']) ? (draft.metadata['finalizers'] as string[]) : [];
  draft.metadata['finalizers'] = [...new Set([...others, finalizer])];
}

/** Only pods have a grace period, and only those that a kubelet has and that have not ended. */
function graceOf(target: Target, current: KubeObject, options: DeleteOptions): number {
  if (target.info.group !== '' || target.info.plural !== 'pods') return 0;
  const phase = stringAt(current, 'status', 'phase');
  if (stringAt(current, 'spec', 'nodeName') === '' || phase === 'Succeeded' || phase === 'Failed') return 0;
  const own = at(current, 'spec', 'terminationGracePeriodSeconds');
  return Math.max(options.gracePeriodSeconds ?? (typeof own === 'number' ? own : 30), 0);
}
