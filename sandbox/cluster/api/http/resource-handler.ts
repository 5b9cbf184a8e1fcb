/** Requests for resources: which operation a method and a path mean, and how its result is shown. */
import type { KubeObject } from '../../../contracts.ts';
import { notImitated, type SandboxResponse } from '../../../kit/http-server.ts';
import { authorize, type Target, type WriteContext } from '../core.ts';
import { deleteCollection, deleteObject } from '../deletion.ts';
import { badRequest, invalid, methodNotAllowed, noSuchResource } from '../errors.ts';
import { patchObject } from '../patching.ts';
import { existing, getObject, listObjects } from '../reads.ts';
import { groupVersionOf } from '../resources.ts';
import { createSubresource, readSubresource } from '../subresources.ts';
import { createObject, updateObject } from '../writes.ts';
import { bodyOf, optionalBodyOf, patchOf } from './body.ts';
import { deletionOptionsOf } from './delete-options.ts';
import { listOptionsOf, writeContextOf } from './options.ts';
import type { ResourcePath } from './request-info.ts';
import { answerReview } from './reviews.ts';
import { json, notServed, type Call } from './server-context.ts';
import { issueToken } from './service-account-token.ts';
import { tableOf, wantsTable } from './table.ts';
import { watchStream } from './watch-stream.ts';

const HERE = 'sandbox/cluster/api/http/resource-handler.ts';

export async function answerResource(call: Call, path: ResourcePath): Promise<SandboxResponse> {
  const { core } = call.context;
  const info = core.registry.find(path.group, path.version, path.plural);
  if (!info) return notServed(core, path.group);
  const { name, subresource, namespace } = path;
  const misplaced = info.namespaced ? name !== undefined && namespace === undefined : namespace !== undefined;
  if (misplaced) return notServed(core, path.group);
  if (subresource !== undefined && !info.subresources.includes(subresource)) throw noSuchResource();
  const answer = methods[call.request.method];
  if (!answer) throw methodNotAllowed(info);
  return answer(call, { info, name, subresource, namespace });
}

type Answer = (call: Call, target: Target) => Promise<SandboxResponse> | SandboxResponse;

const methods: Readonly<Record<string, Answer>> = {
  GET: (call, target) => (target.name === undefined ? answerList(call, target) : answerGet(call, target)),
  POST: answerPost,
  PUT: answerPut,
  PATCH: answerPatch,
  DELETE: answerDelete,
};

const CONNECTS = new Set(['exec', 'attach', 'portforward']);

async function answerGet(call: Call, target: Target): Promise<SandboxResponse> {
  const { core } = call.context;
  const { subresource, namespace = '', name = '' } = target;
  if (subresource === 'log') return answerLogs(call, target);
  if (CONNECTS.has(subresource ?? '')) {
    authorize(core, call.user, 'get', target);
    existing(core, target);
    throw badRequest('Upgrade request required');
  }
  if (subresource === 'proxy') return notImitated(`the proxy of ${target.info.plural} ${namespace}/${name}`, HERE);
  return answerObject(call, target);
}

function answerObject(call: Call, target: Target): SandboxResponse {
  const { core } = call.context;
  const object = getObject(core, call.user, target);
  if (target.subresource === 'scale') return json(200, readSubresource(core, target, object));
  if (!wantsTable(call.request.headers.accept ?? '')) return json(200, object);
  const list = { resourceVersion: object.metadata.resourceVersion };
  return json(200, tableOf(core, target.info, [object], { list, includeObject: call.query.get('includeObject') }));
}

async function answerLogs(call: Call, target: Target): Promise<SandboxResponse> {
  const { core } = call.context;
  authorize(core, call.user, 'get', target);
  const runtime = call.context.runtime();
  const pod = existing(core, target);
  if (!runtime) return notImitated('container logs without nodes', 'sandbox/cluster/index.ts');
  return runtime.logs({ namespace: target.namespace ?? '', name: pod.metadata.name }, call.query);
}

function answerList(call: Call, target: Target): SandboxResponse {
  const { request, query, context, user } = call;
  if (target.info.createOnly === true || target.info.plural === 'bindings') throw methodNotAllowed(target.info);
  const asTable = wantsTable(request.headers.accept ?? '');
  const includeObject = query.get('includeObject');
  if (query.get('watch') === 'true' || query.get('watch') === '1') {
    const present = (object: KubeObject): unknown =>
      asTable ? tableOf(context.core, target.info, [object], { includeObject }) : object;
    return {
      status: 200,
      body: watchStream(call, target, present),
      headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
    };
  }
  const { items, ...metadata } = listObjects(context.core, user, target, listOptionsOf(query));
  if (asTable) return json(200, tableOf(context.core, target.info, items, { list: metadata, includeObject }));
  // Lists of built-in kinds leave kind and apiVersion to the list; lists of custom objects repeat them.
  const shown = context.core.registry.isCustom(target.info)
    ? items
    : items.map(({ apiVersion: _version, kind: _kind, ...rest }) => rest);
  return json(200, {
    kind: `${target.info.kind}List`,
    apiVersion: groupVersionOf(target.info),
    metadata,
    items: shown,
  });
}

async function answerPost(call: Call, target: Target): Promise<SandboxResponse> {
  const { context, user } = call;
  const { info, subresource, namespace } = target;
  if (CONNECTS.has(subresource ?? '')) {
    authorize(context.core, user, 'create', target);
    throw badRequest('Upgrade request required');
  }
  const body = bodyOf(call.request);
  if (info.createOnly === true) {
    authorize(context.core, user, 'create', target);
    return json(201, await answerReview(call, info.plural, body, namespace));
  }
  const writing = writeContextOf(call);
  if (subresource === 'token') return json(201, await issueToken(call, target, body));
  if (subresource !== undefined) return json(201, createSubresource(context.core, target, body, writing));
  if (target.name !== undefined || (info.namespaced && namespace === undefined)) throw methodNotAllowed(info);
  return written(201, createObject(context.core, target, body, writing), writing);
}

function answerPut(call: Call, target: Target): SandboxResponse {
  if (target.name === undefined) throw methodNotAllowed(target.info);
  const writing = writeContextOf(call);
  return written(200, updateObject(call.context.core, target, bodyOf(call.request), writing), writing);
}

function answerPatch(call: Call, target: Target): SandboxResponse {
  if (target.name === undefined) throw methodNotAllowed(target.info);
  const { core } = call.context;
  const patch = patchOf(call.request);
  if (patch.type === 'apply' && call.query.get('fieldManager') === null) {
    const options = { group: 'meta.k8s.io', plural: '', kind: 'PatchOptions' };
    const message = 'Required value: is required for apply patch';
    throw invalid(options, '', [{ reason: 'FieldValueRequired', message, field: 'fieldManager' }]);
  }
  const writing = writeContextOf(call);
  const before = core.store.revision;
  const object = patchObject(core, target, patch, writing);
  const created = object.metadata.resourceVersion === undefined || (object.metadata.generation ?? 1) === 1;
  const isNew =
    patch.type === 'apply' &&
    created &&
    core.store.since(`${target.info.plural}.${target.info.group}`, before).some(({ type }) => type === 'ADDED');
  return written(isNew ? 201 : 200, object, writing);
}

function answerDelete(call: Call, target: Target): SandboxResponse {
  const { core } = call.context;
  const { dryRun, ...options } = deletionOptionsOf(optionalBodyOf(call.request), call.query);
  const given = writeContextOf(call);
  const writing = { ...given, dryRun: given.dryRun || dryRun };
  if (target.name === undefined) {
    const items = deleteCollection(core, target, { ...options, selection: listOptionsOf(call.query) }, writing);
    const metadata = { resourceVersion: String(core.store.revision) };
    return json(200, { kind: `${target.info.kind}List`, apiVersion: groupVersionOf(target.info), metadata, items });
  }
  const { object, gone } = deleteObject(core, target, options, writing);
  // Pods and other kinds with a grace period or finalizers answer with the object; what is gone at once, with a Status.
  if (!gone || target.info.plural === 'pods') return json(200, object);
  const { name, uid } = object.metadata;
  const { group, plural: kind } = target.info;
  return json(200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group === '' ? {} : { group }), kind, uid },
  });
}

/** Warnings go into headers, as RFC 7234 wants them. */
function written(status: number, object: KubeObject, { warnings }: WriteContext): SandboxResponse {
  const values = [...new Set(warnings)].map(
    (text) => `299 - "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
  );
  return json(status, object, values.length > 0 ? { warning: values.join(', ') } : {});
}
