/** Namespaces: the default service account when they begin, no content when they end. */
import { KubeStatusError } from '../../../contracts.ts';
import { CONTROL_PLANE } from '../client.ts';
import { writeContext, type Core } from '../core.ts';
import { deleteObject } from '../deletion.ts';
import { recordAt } from '../json.ts';
import { storageKey } from '../resources.ts';
import { createObject } from '../writes.ts';

const KEY = 'namespaces.';

export function furnishNamespace(core: Core, namespace: string): void {
  const found = core.store.get(KEY, undefined, namespace);
  if (!found || found.metadata.deletionTimestamp !== undefined) return;
  if (core.store.get('serviceaccounts.', namespace, 'default')) return;
  const info = core.registry.findKind('v1', 'ServiceAccount');
  if (!info) return;
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
  createObject(
    core,
    { info, namespace },
    account,
    writeContext(CONTROL_PLANE, { fieldManager: 'kube-controller-manager' }),
  );
}

/** Deletes what is in a namespace that is being deleted; removes the namespace when nothing is left. */
export function emptyNamespace(core: Core, namespace: string): void {
  const found = core.store.get(KEY, undefined, namespace);
  if (found?.metadata.deletionTimestamp === undefined) return;
  if (deleteContent(core, namespace) > 0 || (found.metadata.finalizers ?? []).length > 0) return;
  const { finalizers: _done, ...spec } = recordAt(found, 'spec');
  core.store.remove(KEY, { ...found, spec });
}

/** Asks everything in the namespace to go. Returns how many objects there were. */
function deleteContent(core: Core, namespace: string): number {
  let count = 0;
  for (const info of core.registry.all().filter(({ namespaced }) => namespaced)) {
    const content = core.store.list(storageKey(info), namespace);
    count += content.length;
    for (const { metadata } of content) {
      if (metadata.deletionTimestamp === undefined) deleteQuietly(core, { info, namespace, name: metadata.name });
    }
  }
  return count;
}

function deleteQuietly(core: Core, target: Parameters<typeof deleteObject>[1]): void {
  try {
    deleteObject(core, target, {}, writeContext(CONTROL_PLANE, { fieldManager: 'kube-controller-manager' }));
  } catch (error) {
    if (!(error instanceof KubeStatusError)) throw error;
  }
}
