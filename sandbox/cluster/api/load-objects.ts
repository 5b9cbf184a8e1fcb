/** The objects that a scenario has in its cluster before the first run. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { KubeStatusError, type KubeObject } from '../../contracts.ts';
import { CONTROL_PLANE } from './client.ts';
import { writeContext } from './core.ts';
import type { Api } from './index.ts';
import { isRecord, stringAt } from './json.ts';
import { patchObject } from './patching.ts';
import { subjectOfKind } from './subject-of-kind.ts';
import { createObject } from './writes.ts';

/** In the order given; custom resource definitions are established before what follows them. Throws with the object's name. */
export async function loadObjects(api: Api, objects: readonly Record<string, unknown>[]): Promise<void> {
  // Default service accounts come a turn after their namespaces.
  await nextTurn();
  for (const object of objects.flatMap(flattened)) {
    try {
      load(api, object);
    } catch (error) {
      if (!(error instanceof KubeStatusError)) throw error;
      throw new Error(
        `The scenario's ${String(object['kind'])} ${stringAt(object, 'metadata', 'name')} is refused: ${error.message}`,
        { cause: error },
      );
    }
    await nextTurn();
    await nextTurn();
  }
}

/** A `List` stands for its items. */
function flattened(object: Record<string, unknown>): Record<string, unknown>[] {
  return object['kind'] === 'List' && Array.isArray(object['items']) ? object['items'].filter(isRecord) : [object];
}

function load(api: Api, object: Record<string, unknown>): KubeObject {
  const info = subjectOfKind(api.core, object);
  const namespace = info.namespaced ? stringAt(object, 'metadata', 'namespace') || 'default' : undefined;
  const name = stringAt(object, 'metadata', 'name');
  const target = { info, namespace };
  const context = writeContext(CONTROL_PLANE, { fieldManager: 'scenario', fieldValidation: 'Strict' });
  const created = createObject(api.core, target, object, context);
  if (!isRecord(object['status']) || !info.subresources.includes('status')) return created;
  const patch = { type: 'merge', body: { status: object['status'] } } as const;
  return patchObject(api.core, { ...target, name, subresource: 'status' }, patch, context);
}
