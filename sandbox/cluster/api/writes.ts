/** Create and update below HTTP. */
import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../contracts.ts';
import { admitCreate, admitUpdate } from './admission.ts';
import { authorize, timestamp, type Core, type Target, type WriteContext } from './core.ts';
import { alreadyExists, badRequest, conflict, invalid, methodNotAllowed } from './errors.ts';
import { FieldErrors } from './field-errors.ts';
import { draftOf, isRecord, objectOf, recordAt, same, stringAt, type Draft } from './json.ts';
import { recordManager } from './managers.ts';
import { validateMetadata, validateMetadataUpdate } from './metadata.ts';
import { decodeBody, schemaOf } from './objects.ts';
import { existing, inVersion } from './reads.ts';
import { storageKey } from './resources.ts';
import { readSubresource, scaled } from './subresources.ts';
import { strategyOf } from './strategies/index.ts';
import type { Strategy } from './strategies/strategy.ts';

/** Returns the stored object (or, in a dry run, what would be stored). */
export function createObject(core: Core, target: Target, body: unknown, context: WriteContext): KubeObject {
  authorize(core, context.user, 'create', { ...target, name: undefined });
  if (target.info.createOnly) throw methodNotAllowed(target.info);
  const draft = decodeBody(core, target, body, context);
  return storeNew(core, target, { draft }, context);
}

/** The part of a creation after decoding; server-side apply comes here when there is nothing to apply to. */
export function storeNew(
  core: Core,
  target: Target,
  { draft, managedFields }: { readonly draft: Draft; readonly managedFields?: object[] },
  context: WriteContext,
): KubeObject {
  const { info } = target;
  const strategy = strategyOf(core, info);
  startMetadata(core, target, draft);
  startContent(strategy, draft);
  admitCreate(core, target, draft, context);
  const errors = new FieldErrors();
  validateMetadata(draft, info, errors);
  strategy.validate?.(draft, errors, context);
  const name = stringAt(draft, 'metadata', 'name');
  if (errors.causes.length > 0) throw invalid(info, name, errors.causes);
  const namespace = info.namespaced ? target.namespace : undefined;
  if (core.store.get(storageKey(info), namespace, name)) throw alreadyExists(info, name);
  if (managedFields) draft.metadata['managedFields'] = managedFields;
  else recordManager(draft, undefined, { core, context, target, schema: schemaOf(core, info) });
  return context.dryRun ? objectOf(draft) : inVersion(info, core.store.put(storageKey(info), objectOf(draft)));
}

function startContent(strategy: Strategy, draft: Draft): void {
  if (strategy.hasStatus && strategy.keepsStatusOnCreate !== true) Reflect.deleteProperty(draft, 'status');
  strategy.defaults?.(draft);
  if (strategy.initialStatus) draft['status'] = strategy.initialStatus(draft);
}

const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

function startMetadata(core: Core, target: Target, draft: Draft): void {
  const { metadata } = draft;
  if (stringAt(metadata, 'resourceVersion') !== '')
    throw badRequest('resourceVersion should not be set on objects to be created');
  for (const field of ['resourceVersion', 'selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds']) {
    Reflect.deleteProperty(metadata, field);
  }
  const prefix = stringAt(metadata, 'generateName');
  if (stringAt(metadata, 'name') === '' && prefix !== '') {
    metadata['name'] = prefix.slice(0, 58) + randomSuffix();
  }
  if (target.info.namespaced) metadata['namespace'] = target.namespace;
  else Reflect.deleteProperty(metadata, 'namespace');
  metadata['uid'] = randomUUID();
  metadata['creationTimestamp'] = timestamp(core);
  Reflect.deleteProperty(metadata, 'generation');
  if (strategyOf(core, target.info).countsGenerations) metadata['generation'] = 1;
}

function randomSuffix(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  return [...bytes].map((byte) => SUFFIX_LETTERS[byte % SUFFIX_LETTERS.length]).join('');
}

/** PUT of an object or of its status or scale. A stale resourceVersion is a 409. */
export function updateObject(core: Core, target: Target, body: unknown, context: WriteContext): KubeObject {
  authorize(core, context.user, 'update', target);
  if (target.subresource === 'scale') {
    return storeScale(core, target, { current: existing(core, target), scale: body }, context);
  }
  // A body that does not fit the address is refused whether or not the object is there.
  const draft = decodeBody(core, target, body, context);
  const current = existing(core, target);
  return storeChanged(core, target, { current, draft }, context);
}

/** Writes replicas through the scale subresource. Returns the new Scale. */
export function storeScale(
  core: Core,
  target: Target,
  { current, scale }: { readonly current: KubeObject; readonly scale: unknown },
  context: WriteContext,
): KubeObject {
  const draft = scaled(core, target, current, scale);
  return readSubresource(core, target, storeChanged(core, target, { current, draft }, context));
}

export interface ChangeOfObject {
  readonly current: KubeObject;
  readonly draft: Draft;
  /** Server-side apply has worked out the managers itself. */
  readonly managedFields?: unknown;
}

/** The part of an update after the new state is known: shared by PUT and every kind of PATCH. */
export function storeChanged(core: Core, target: Target, change: ChangeOfObject, context: WriteContext): KubeObject {
  const { info } = target;
  const { current, draft } = change;
  const strategy = strategyOf(core, info);
  keepServerFields(target, current, draft);
  keepOtherHalf(target, current, draft, strategy.hasStatus);
  strategy.defaults?.(draft, current);
  if (strategy.countsGenerations) countGeneration(current, draft);
  admitUpdate(core, target, { current, draft }, context);
  const errors = new FieldErrors();
  validateMetadata(draft, info, errors);
  validateMetadataUpdate(draft, current, errors);
  strategy.validate?.(draft, errors, context);
  if (target.subresource === undefined) strategy.validateUpdate?.(draft, current, errors);
  if (target.subresource === 'status') strategy.validateStatus?.(draft, current, errors);
  if (errors.causes.length > 0) throw invalid(info, current.metadata.name, errors.causes);
  if (change.managedFields === undefined)
    recordManager(draft, current, { core, context, target, schema: schemaOf(core, info) });
  else draft.metadata['managedFields'] = change.managedFields;
  return finish(core, target, { current, draft }, context);
}

function keepServerFields(target: Target, current: KubeObject, draft: Draft): void {
  const { metadata } = draft;
  const { name } = current.metadata;
  const given = stringAt(metadata, 'resourceVersion');
  if (given !== '' && given !== current.metadata.resourceVersion) throw conflict(target.info, name);
  const uid = stringAt(metadata, 'uid');
  if (uid !== '' && uid !== current.metadata.uid) {
    throw conflict(
      target.info,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${String(current.metadata.uid)}`,
    );
  }
  for (const field of [
    'uid',
    'resourceVersion',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
    'namespace',
  ]) {
    if (current.metadata[field] === undefined) Reflect.deleteProperty(metadata, field);
    else metadata[field] = current.metadata[field];
  }
  if (!('managedFields' in metadata) && current.metadata['managedFields'] !== undefined) {
    metadata['managedFields'] = structuredClone(current.metadata['managedFields']);
  }
}

/** A write of the object leaves the status, a write of the status leaves everything else. */
function keepOtherHalf(target: Target, current: KubeObject, draft: Draft, hasStatus: boolean): void {
  if (!hasStatus) return;
  const old = draftOf(current);
  if (target.subresource === 'ephemeralcontainers') keepAllBut(draft, old, 'ephemeralContainers');
  if (target.subresource === 'status') {
    const status = draft['status'];
    const { managedFields } = draft.metadata;
    for (const field of Object.keys(draft)) Reflect.deleteProperty(draft, field);
    Object.assign(draft, old, status === undefined ? {} : { status });
    if (managedFields !== undefined) draft.metadata['managedFields'] = managedFields;
  } else if (old['status'] === undefined) Reflect.deleteProperty(draft, 'status');
  else draft['status'] = old['status'];
}

function keepAllBut(draft: Draft, old: Draft, field: string): void {
  const value = recordAt(draft, 'spec')[field];
  draft['spec'] = { ...recordAt(old, 'spec'), ...(value === undefined ? {} : { [field]: value }) };
}

/** The generation counts changes of what is wanted: everything but metadata and status. */
function countGeneration(current: KubeObject, draft: Draft): void {
  const wanted = (object: object): object =>
    Object.fromEntries(
      Object.entries(object).filter(([field]) => !['metadata', 'status', 'apiVersion', 'kind'].includes(field)),
    );
  if (!same(wanted(current), wanted(draft))) draft.metadata['generation'] = (current.metadata.generation ?? 0) + 1;
}

function finish(core: Core, target: Target, { current, draft }: ChangeOfObject, context: WriteContext): KubeObject {
  const { info } = target;
  const key = storageKey(info);
  if (unchanged(current, draft)) return inVersion(info, current);
  if (context.dryRun) return objectOf(draft);
  const finalizers = draft.metadata['finalizers'];
  const gone =
    current.metadata.deletionTimestamp !== undefined && (!Array.isArray(finalizers) || finalizers.length === 0);
  const waits =
    isRecord(draft['spec']) && info.plural === 'namespaces' && recordAt(draft, 'spec')['finalizers'] !== undefined;
  if (gone && !waits && !isGracefullyEnding(target, current))
    return inVersion(info, core.store.remove(key, objectOf(draft)));
  return inVersion(info, core.store.put(key, objectOf(draft)));
}

/** A pod that is ending stays until its kubelet says that it has ended. */
function isGracefullyEnding(target: Target, current: KubeObject): boolean {
  return target.info.plural === 'pods' && current.metadata['deletionGracePeriodSeconds'] !== 0;
}

/** A write that changes nothing is not written: the resource version stays, and nobody who watches hears of it. */
function unchanged(current: KubeObject, draft: Draft): boolean {
  const bare = (object: object): object => {
    const { metadata, ...rest } = object as { metadata: Record<string, unknown> };
    const { managedFields, ...kept } = metadata;
    return { ...rest, metadata: kept, managers: withoutTimes(managedFields) };
  };
  return same(bare(current), bare({ ...draft, apiVersion: current.apiVersion }));
}

function withoutTimes(managedFields: unknown): unknown {
  return Array.isArray(managedFields)
    ? managedFields.map((entry) => ({ ...(entry as object), time: undefined }))
    : managedFields;
}
