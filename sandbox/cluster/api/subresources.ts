/** Subresources that are objects of their own shape: scale, binding, eviction. */
import type { KubeObject } from '../../contracts.ts';
import { authorize, type Core, type Target, type WriteContext } from './core.ts';
import { deleteObject } from './deletion.ts';
import { badRequest, conflict, invalid, methodNotAllowed } from './errors.ts';
import { FieldErrors } from './field-errors.ts';
import { at, draftOf, isRecord, recordAt, stringAt, stringMapAt, type Draft, type Json } from './json.ts';
import { existing } from './reads.ts';
import { storageKey } from './resources.ts';

/** What the object looks like through its `scale` subresource. */
export function readSubresource(core: Core, target: Target, object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const paths = scalePaths(core, target);
  const selector = at(object, 'spec', 'selector');
  const labels = stringMapAt(selector, 'matchLabels');
  const plain = Object.keys(labels).length > 0 ? labels : stringMapAt(selector);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...defined({ namespace, uid, resourceVersion, creationTimestamp }) },
    spec: { replicas: numberAt(object, paths.wanted) },
    status: {
      replicas: numberAt(object, paths.actual),
      selector: Object.entries(plain)
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
    },
  };
}

function defined(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function numberAt(object: unknown, path: readonly string[]): number {
  const found = at(object, ...path);
  return typeof found === 'number' ? found : 0;
}

/** Custom resources say where their replicas are. */
function scalePaths(core: Core, { info }: Target): { wanted: readonly string[]; actual: readonly string[] } {
  if (!core.registry.isCustom(info)) return { wanted: ['spec', 'replicas'], actual: ['status', 'replicas'] };
  const scale = recordAt(info.versionSpec, 'subresources', 'scale');
  const path = (field: string): string[] =>
    stringAt(scale, field)
      .split('.')
      .filter((step) => step !== '');
  return { wanted: path('specReplicasPath'), actual: path('statusReplicasPath') };
}

/** The scaled object with the replicas of a Scale written into it. */
export function scaled(core: Core, target: Target, current: KubeObject, scale: unknown): Draft {
  const replicas = at(scale, 'spec', 'replicas') ?? 0;
  const errors = new FieldErrors();
  if (typeof replicas !== 'number' || replicas < 0)
    errors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
  if (errors.causes.length > 0)
    throw invalid({ group: 'autoscaling', plural: 'scales', kind: 'Scale' }, current.metadata.name, errors.causes);
  const given = stringAt(scale, 'metadata', 'resourceVersion');
  if (given !== '' && given !== current.metadata.resourceVersion) throw conflict(target.info, current.metadata.name);
  const draft = draftOf(current);
  setAt(draft, scalePaths(core, target).wanted, replicas);
  return draft;
}

function setAt(record: Json, [step = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    record[step] = value;
    return;
  }
  const next = isRecord(record[step]) ? record[step] : {};
  record[step] = next;
  setAt(next, rest, value);
}

/** `POST` to a subresource: binding and eviction of pods. Returns a Status, as the server does. */
export function createSubresource(core: Core, target: Target, body: unknown, context: WriteContext): object {
  authorize(core, context.user, 'create', target);
  const current = existing(core, target);
  if (target.subresource === 'binding') bind(core, target, { current, body }, context);
  else if (target.subresource === 'eviction') evict(core, target, body, context);
  else throw methodNotAllowed(target.info);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

function bind(
  core: Core,
  target: Target,
  { current, body }: { current: KubeObject; body: unknown },
  context: WriteContext,
): void {
  const node = stringAt(body, 'target', 'name');
  if (node === '') throw badRequest('Binding "" is invalid: target.name: Required value');
  const before = stringAt(current, 'spec', 'nodeName');
  if (before !== '')
    throw conflict(
      target.info,
      current.metadata.name,
      `pod ${current.metadata.name} is already assigned to node "${before}"`,
    );
  if (context.dryRun) return;
  const draft = draftOf(current);
  recordAt(draft, 'spec')['nodeName'] = node;
  core.store.put(storageKey(target.info), { ...current, spec: recordAt(draft, 'spec') });
}

function evict(core: Core, target: Target, body: unknown, context: WriteContext): void {
  const grace = at(body, 'deleteOptions', 'gracePeriodSeconds');
  const evictor = { ...context, user: { ...context.user, groups: [...context.user.groups, 'system:masters'] } };
  deleteObject(
    core,
    { ...target, subresource: undefined },
    { gracePeriodSeconds: typeof grace === 'number' ? grace : undefined },
    evictor,
  );
}
