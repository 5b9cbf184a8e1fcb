/** PATCH below HTTP: all four kinds. */
import jsonPatch, { type Operation } from 'fast-json-patch';
import { KubeStatusError, type KubeObject } from '../../contracts.ts';
import { authorize, type Core, type Target, type WriteContext } from './core.ts';
import { badRequest, conflict, methodNotAllowed, unsupportedMediaType } from './errors.ts';
import { draftOf, isRecord, stringAt, type Draft } from './json.ts';
import { decodeBody, pruneUnknown, reportUnknown, schemaOf } from './objects.ts';
import { serverSideApply } from './patch/apply.ts';
import { mergePatch } from './patch/merge.ts';
import { strategicMerge } from './patch/strategic.ts';
import { existing, inVersion } from './reads.ts';
import { storageKey } from './resources.ts';
import { nodeOf } from './schema-node.ts';
import { readSubresource } from './subresources.ts';
import { storeChanged, storeNew, storeScale } from './writes.ts';

export interface Patch {
  readonly type: 'json' | 'merge' | 'strategic' | 'apply';
  /** Parsed JSON (or, for apply, YAML). */
  readonly body: unknown;
}

/** @throws 409 on a stale resourceVersion in the patch, or on conflicts of an apply */
export function patchObject(core: Core, target: Target, patch: Patch, context: WriteContext): KubeObject {
  authorize(core, context.user, 'patch', target);
  if (target.info.createOnly) throw methodNotAllowed(target.info);
  if (patch.type === 'strategic' && core.registry.isCustom(target.info)) throw noStrategic();
  if (patch.type === 'apply') return apply(core, target, patch.body, context);
  const current = existing(core, target);
  if (target.subresource === 'scale') {
    const scale = readSubresource(core, target, current);
    return storeScale(core, target, { current, scale: patched(core, target, draftOf(scale), patch) }, context);
  }
  const result = patched(core, target, draftOf(current), patch);
  const draft = decodeBody(core, target, result, context);
  return storeChanged(core, target, { current, draft }, context);
}

function noStrategic(): KubeStatusError {
  return unsupportedMediaType([
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/apply-patch+yaml',
  ]);
}

function patched(core: Core, target: Target, current: Draft, patch: Patch): unknown {
  switch (patch.type) {
    case 'json':
      return jsonPatched(current, patch.body);
    case 'strategic':
      if (!isRecord(patch.body))
        throw badRequest('json: cannot unmarshal array into Go value of type map[string]interface {}');
      return strategicMerge(current, patch.body, nodeOf(schemaOf(core, target.info)));
    default:
      if (!isRecord(patch.body))
        throw badRequest(
          'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
        );
      return mergePatch(current, patch.body);
  }
}

function jsonPatched(current: Draft, operations: unknown): unknown {
  if (!Array.isArray(operations))
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  try {
    return jsonPatch.applyPatch(structuredClone(current), operations as Operation[], true).newDocument;
  } catch (error) {
    if (!(error instanceof jsonPatch.JsonPatchError)) throw error;
    throw new KubeStatusError({
      code: 422,
      reason: 'Invalid',
      message: 'the server rejected our request due to an error in our request',
      details: {},
    });
  }
}

function apply(core: Core, target: Target, body: unknown, context: WriteContext): KubeObject {
  if (!isRecord(body)) throw badRequest('error decoding YAML: the patch must be an object');
  if (stringAt(body, 'apiVersion') === '' || stringAt(body, 'kind') === '')
    throw badRequest('apply patch must have apiVersion and kind set');
  const wanted = decodeBody(core, target, body, context);
  if (wanted.metadata['managedFields'] !== undefined) throw badRequest('metadata.managedFields must be nil');
  const stored = core.store.get(
    storageKey(target.info),
    target.info.namespaced ? target.namespace : undefined,
    target.name ?? '',
  );
  const writing = { core, context, target, schema: schemaOf(core, target.info) };
  if (!stored) {
    if (target.subresource !== undefined) existing(core, target);
    return applyNew(core, target, { wanted, writing }, context);
  }
  const current = inVersion(target.info, stored);
  checkVersion(target, wanted, current);
  const { draft, managedFields } = serverSideApply(draftOf(current), wanted, writing);
  reportUnknown(pruneUnknown(core, target.info, draft), draft, context);
  return storeChanged(core, target, { current, draft, managedFields }, context);
}

type ApplyWriting = Parameters<typeof serverSideApply>[2];

function applyNew(
  core: Core,
  target: Target,
  { wanted, writing }: { wanted: Draft; writing: ApplyWriting },
  context: WriteContext,
): KubeObject {
  if (stringAt(wanted, 'metadata', 'resourceVersion') + stringAt(wanted, 'metadata', 'uid') !== '')
    throw conflict(target.info, target.name ?? '');
  authorize(core, context.user, 'create', { ...target, name: undefined });
  const { draft, managedFields } = serverSideApply(undefined, wanted, writing);
  return storeNew(core, target, { draft, managedFields }, context);
}

function checkVersion(target: Target, wanted: Draft, current: KubeObject): void {
  const given = stringAt(wanted, 'metadata', 'resourceVersion');
  if (given !== '' && given !== current.metadata.resourceVersion) throw conflict(target.info, current.metadata.name);
  Reflect.deleteProperty(wanted.metadata, 'resourceVersion');
}
