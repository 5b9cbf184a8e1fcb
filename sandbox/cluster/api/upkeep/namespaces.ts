/** Namespaces: the default service account when they begin, no content when they end. */
import { KubeStatusError } from '../../../contracts.ts';
import { CONTROL_PLANE } from '../client.ts';
import { writeContext, type Core } from '../core.ts';
import { deleteObject } from '../deletion.ts';
import { recordAt } from '../json.ts';
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
  let left = 0;
  for (const info of core.registry.all()) {
    if (!info.namespaced || info.createOnly) continue;
    const content = core.store.list(`${info.plural}.${info.group}`, namespace);
    left += content.length;
    for (const object of content) {
      if (object.metadata.deletionTimestamp !== undefined) continue;
      deleteQuietly(core, { info, namespace, name: object.metadata.name });
    }
  }
  if (left > 0) return;
  const { finalizers: _done, ...spec } = recordAt(found, 'spec');
  const others = found.metadata.finalizers ?? [];
  if (others.length === 0) core.store.remove(KEY, { ...found, spec });
}

function deleteQuietly(core: Core, target: Parameters<typeof deleteObject>[1]): void {
  try {
    deleteObject(core, target, {}, writeContext(CONTROL_PLANE, { fieldManager: 'kube-controller-manager' }));
  } catch (error) {
    if (!(error instanceof KubeStatusError)) throw error;
  }
}
