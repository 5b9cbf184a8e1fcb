/** From a request's body to a draft of the right kind; and which schema a resource follows. */
import { pruneCustom } from './crd/prune.ts';
import { openApiSchemaOf } from './crd/schema.ts';
import type { Core, Target, WriteContext } from './core.ts';
import { decodeTyped } from './decode.ts';
import { badRequest } from './errors.ts';
import { isRecord, stringAt, type Draft, type Json } from './json.ts';
import { groupVersionOf, type ResourceInfo } from './resources.ts';

/** A schema as merging and field ownership need it. */
export type ObjectSchema =
  | { readonly is: 'typed'; readonly model: string }
  /** openAPIV3Schema of the version; none: a map of anything. */
  | { readonly is: 'custom'; readonly schema: Json | undefined };

export function schemaOf(core: Core, info: ResourceInfo): ObjectSchema {
  if (core.registry.isCustom(info)) return { is: 'custom', schema: openApiSchemaOf(info) };
  return { is: 'typed', model: info.model ?? `V1${info.kind}` };
}

/** Checks kind, version, namespace and name against the path, drops unknown fields. Throws 400. The body is not changed. */
export function decodeBody(core: Core, target: Target, body: unknown, context: WriteContext): Draft {
  const draft = draftOfBody(target.info, body);
  checkPlace(target, draft);
  reportUnknown(pruneUnknown(core, target.info, draft), draft, context);
  return draft;
}

function draftOfBody(info: ResourceInfo, body: unknown): Draft {
  if (!isRecord(body))
    throw badRequest(
      "the object provided is unrecognized (must be of type object): couldn't get version/kind; json parse error",
    );
  const copy = structuredClone(body);
  const apiVersion = stringAt(copy, 'apiVersion') || groupVersionOf(info);
  const kind = stringAt(copy, 'kind') || info.kind;
  if (apiVersion !== groupVersionOf(info)) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${groupVersionOf(info)})`,
    );
  }
  if (kind !== info.kind) {
    const [from, to] = [
      `${info.version}.${kind}`,
      `${info.group === '' ? 'core' : String(info.group.split('.')[0])}.${info.kind}`,
    ];
    throw badRequest(
      `${kind} in version "${info.version}" cannot be handled as a ${info.kind}: converting (${from}) to (${to}): unknown conversion`,
    );
  }
  const metadata = isRecord(copy['metadata']) ? copy['metadata'] : {};
  return { ...copy, apiVersion, kind, metadata };
}

function checkPlace(target: Target, draft: Draft): void {
  const namespace = stringAt(draft, 'metadata', 'namespace');
  const name = stringAt(draft, 'metadata', 'name');
  if (target.info.namespaced) {
    if (namespace && namespace !== target.namespace) {
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
    }
    draft.metadata['namespace'] = target.namespace;
  } else if (namespace) {
    throw badRequest('namespace: Forbidden: not allowed on this type');
  }
  if (target.name === undefined) return;
  if (name && name !== target.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${target.name})`);
  }
  draft.metadata['name'] = target.name;
}

/** Returns the paths of the fields that were dropped. */
export function pruneUnknown(core: Core, info: ResourceInfo, draft: Draft): string[] {
  const schema = schemaOf(core, info);
  return schema.is === 'typed' ? decodeTyped(draft, schema.model) : pruneCustom(draft, schema.schema);
}

export function reportUnknown(unknown: readonly string[], draft: Draft, context: WriteContext): void {
  if (unknown.length === 0 || context.fieldValidation === 'Ignore') return;
  const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (context.fieldValidation === 'Warn') {
    context.warnings.push(...texts);
    return;
  }
  const version = draft.apiVersion.split('/').at(-1) ?? '';
  throw badRequest(
    `${draft.kind} in version "${version}" cannot be handled as a ${draft.kind}: strict decoding error: ${texts.join(', ')}`,
  );
}
