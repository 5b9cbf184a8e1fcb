/** Garbage collection by ownerReferences: background, foreground and orphan deletion. */
import { KubeStatusError, type KubeObject } from '../../../contracts.ts';
import { CONTROL_PLANE } from '../client.ts';
import { writeContext, type Core } from '../core.ts';
import { deleteObject } from '../deletion.ts';
import type { Change } from '../store.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

export function collectGarbage(core: Core, change: Change): void {
  const { object, type } = change;
  if (type === 'DELETED') {
    for (const dependent of dependentsOf(core, object)) loseOwner(core, dependent, object.metadata.uid);
    finishOwners(core, object);
    return;
  }
  if (type === 'ADDED') deleteIfOrphanFromBirth(core, object);
  if (object.metadata.deletionTimestamp !== undefined) serveFinalizers(core, object);
}

function dependentsOf(core: Core, owner: KubeObject): KubeObject[] {
  const { uid } = owner.metadata;
  return core.store
    .keys()
    .flatMap((key) => core.store.list(key))
    .filter((object) => object.metadata.ownerReferences?.some((reference) => reference.uid === uid));
}

function exists(core: Core, uid: string): boolean {
  return core.store.keys().some((key) => core.store.list(key).some((object) => object.metadata.uid === uid));
}

/** With its last owner gone, a dependent goes, too; otherwise it only forgets the one. */
function loseOwner(core: Core, dependent: KubeObject, uid: string | undefined): void {
  const others = (dependent.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
  if (others.some((reference) => exists(core, reference.uid))) forget(core, dependent, others);
  else remove(core, dependent);
}

function deleteIfOrphanFromBirth(core: Core, object: KubeObject): void {
  const owners = object.metadata.ownerReferences ?? [];
  if (owners.length > 0 && !owners.some((owner) => exists(core, owner.uid))) remove(core, object);
}

function serveFinalizers(core: Core, owner: KubeObject): void {
  const finalizers = owner.metadata.finalizers ?? [];
  const dependents = dependentsOf(core, owner);
  if (finalizers.includes(ORPHAN)) {
    for (const dependent of dependents) {
      forget(
        core,
        dependent,
        (dependent.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== owner.metadata.uid),
      );
    }
    dropFinalizer(core, owner, ORPHAN);
  } else if (finalizers.includes(FOREGROUND)) {
    for (const dependent of dependents) if (dependent.metadata.deletionTimestamp === undefined) remove(core, dependent);
    if (dependentsOf(core, owner).length === 0) dropFinalizer(core, owner, FOREGROUND);
  }
}

/** The last dependent of an owner that waits in foreground deletion lets it go. */
function finishOwners(core: Core, gone: KubeObject): void {
  for (const reference of gone.metadata.ownerReferences ?? []) {
    for (const key of core.store.keys()) {
      const owner = core.store.list(key).find((object) => object.metadata.uid === reference.uid);
      if (owner?.metadata.deletionTimestamp !== undefined) serveFinalizers(core, owner);
    }
  }
}

function keyOf(core: Core, object: KubeObject): string | undefined {
  const info = core.registry.findKind(object.apiVersion, object.kind);
  return info && `${info.plural}.${info.group}`;
}

function current(core: Core, object: KubeObject): KubeObject | undefined {
  const key = keyOf(core, object);
  return key === undefined ? undefined : core.store.get(key, object.metadata.namespace, object.metadata.name);
}

function forget(core: Core, dependent: KubeObject, ownerReferences: KubeObject['metadata']['ownerReferences']): void {
  const key = keyOf(core, dependent);
  const now = current(core, dependent);
  if (key === undefined || !now) return;
  const { ownerReferences: _before, ...metadata } = now.metadata;
  core.store.put(key, {
    ...now,
    metadata: { ...metadata, ...(ownerReferences && ownerReferences.length > 0 ? { ownerReferences } : {}) },
  });
}

function dropFinalizer(core: Core, owner: KubeObject, finalizer: string): void {
  const key = keyOf(core, owner);
  const now = current(core, owner);
  if (key === undefined || !now) return;
  const { finalizers: before = [], ...metadata } = now.metadata;
  const finalizers = before.filter((name) => name !== finalizer);
  const changed = {
    ...now,
    metadata: { ...metadata, ...(finalizers.length > 0 ? { finalizers } : {}) } as KubeObject['metadata'],
  };
  if (finalizers.length > 0) core.store.put(key, changed);
  else core.store.remove(key, changed);
}

function remove(core: Core, object: KubeObject): void {
  const info = core.registry.findKind(object.apiVersion, object.kind);
  if (!info) return;
  const { namespace, name, uid } = object.metadata;
  try {
    deleteObject(
      core,
      { info, namespace, name },
      { preconditions: { uid } },
      writeContext(CONTROL_PLANE, { fieldManager: 'kube-controller-manager' }),
    );
  } catch (error) {
    if (!(error instanceof KubeStatusError)) throw error;
  }
}
