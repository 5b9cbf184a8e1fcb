/** The API from inside the process: {@link ClusterClient} over the same operations that HTTP uses. */
import type { ClusterClient, KubeObject, KubeResource } from '../../contracts.ts';
import { writeContext, type Core, type Target, type WriteContext } from './core.ts';
import { noSuchResource } from './errors.ts';
import { deleteObject, type DeleteOptions } from './deletion.ts';
import { patchObject } from './patching.ts';
import { getObject, listObjects, watchObjects } from './reads.ts';
import type { User } from './rbac.ts';
import { createObject, updateObject } from './writes.ts';

/** Whom the control plane acts as: allowed everything. */
export const CONTROL_PLANE: User = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

export function clientFor(core: Core, user: User, fieldManager: string): ClusterClient {
  const target = (resource: KubeResource, namespace?: string, name?: string): Target => {
    const info = core.registry.find(resource.group, resource.version, resource.plural);
    if (!info) throw noSuchResource();
    return { info, namespace: info.namespaced ? namespace : undefined, name };
  };
  const context = (): WriteContext => writeContext(user, { fieldManager });
  const of = (resource: KubeResource, { metadata }: KubeObject): Target =>
    target(resource, metadata.namespace ?? 'default', metadata.name);
  return {
    as: (other) =>
      clientFor(core, { ...other, groups: [...new Set([...other.groups, 'system:authenticated'])] }, fieldManager),
    get: (resource, namespace, name) =>
      settled(() => found(() => getObject(core, user, target(resource, namespace, name)))),
    list: (resource, options = {}) =>
      settled(
        () =>
          listObjects(core, user, target(resource, options.namespace), { labelSelector: options.labelSelector }).items,
      ),
    create: (resource, object) =>
      settled(() => createObject(core, { ...of(resource, object), name: undefined }, overTheWire(object), context())),
    update: (resource, object) =>
      settled(() => updateObject(core, of(resource, object), overTheWire(object), context())),
    mergePatch: (resource, object, patch, subresource) =>
      settled(() =>
        patchObject(
          core,
          { ...of(resource, object), subresource },
          { type: 'merge', body: patchOverTheWire(patch) },
          context(),
        ),
      ),
    delete: (resource, namespace, name, options: DeleteOptions = {}) =>
      settled(() => {
        deleteObject(core, target(resource, namespace, name), options, context());
      }),
    watch: (resource, listener, filled) =>
      andThen(watchObjects(core, { user, target: target(resource), options: {} }, listener), filled),
  };
}

/** What is there has been told when a watch begins. */
function andThen<Result>(result: Result, next: (() => void) | undefined): Result {
  next?.();
  return result;
}

/** Operations are synchronous, so that nothing can come between a read and a write; callers see promises. */
// eslint-disable-next-line @typescript-eslint/require-await -- async turns a thrown refusal into a rejection
async function settled<Result>(operation: () => Result): Promise<Result> {
  return operation();
}

/** As JSON: what is undefined is not there. */
function overTheWire(object: object): unknown {
  return JSON.parse(JSON.stringify(object));
}

/** In a patch, what a caller sets to undefined is meant to go: null. */
function patchOverTheWire(patch: object): unknown {
  return JSON.parse(JSON.stringify(patch, (_name, value: unknown) => value ?? null));
}

function found(read: () => KubeObject): KubeObject | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'status' in error && (error.status as { code?: unknown }).code === 404)
      return undefined;
    throw error;
  }
}
