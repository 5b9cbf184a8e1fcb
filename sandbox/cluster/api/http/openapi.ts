/**
 * OpenAPI v3 as far as clients decide by it: that PATCH takes `fieldValidation`, so that kubectl leaves the validation to
 * the server. There are no component schemas: kubectl apply then merges by its own built-in types.
 */
import type { SandboxResponse } from '../../../kit/http-server.ts';
import type { Core } from '../core.ts';
import { groupVersionOf, type ResourceInfo } from '../resources.ts';
import { json, pageNotFound, type Call } from './server-context.ts';

export function openApi({ context, request }: Call): SandboxResponse | undefined {
  const { pathname } = request.url;
  if (pathname === '/openapi/v2') return openApiV2(request.headers.accept ?? '');
  if (pathname === '/openapi/v3') return json(200, index(context.core));
  if (!pathname.startsWith('/openapi/v3/')) return undefined;
  const root = pathname.slice('/openapi/v3/'.length);
  const resources = context.core.registry.all().filter((info) => rootOf(info) === root);
  return resources.length === 0 ? pageNotFound() : json(200, document(root, resources));
}

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/** OpenAPI v2 without paths and definitions: kubectl asks for it (as protobuf) when it meets a kind that v3 does not know. */
function openApiV2(accept: string): SandboxResponse {
  if (!accept.includes(PROTOBUF)) {
    return json(200, { swagger: '2.0', info: { title: 'Kubernetes', version: 'sandbox' }, paths: {}, definitions: {} });
  }
  const text = (field: number, value: string): Buffer => bytesField(field, Buffer.from(value));
  const info = Buffer.concat([text(1, 'Kubernetes'), text(2, 'sandbox')]);
  const document = Buffer.concat([
    text(1, '2.0'),
    bytesField(2, info),
    bytesField(8, Buffer.alloc(0)),
    bytesField(9, Buffer.alloc(0)),
  ]);
  return { status: 200, body: document, headers: { 'content-type': PROTOBUF.replace('@', '.') } };
}

/** A length-delimited field of a protobuf message, shorter than 128 bytes. */
function bytesField(number: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([number * 8 + 2, value.length]), value]);
}

function rootOf(info: ResourceInfo): string {
  return info.group === '' ? `api/${info.version}` : `apis/${groupVersionOf(info)}`;
}

function index(core: Core): object {
  const roots = [...new Set(core.registry.all().map(rootOf))];
  return { paths: Object.fromEntries(roots.map((root) => [root, { serverRelativeURL: `/openapi/v3/${root}` }])) };
}

function document(root: string, resources: readonly ResourceInfo[]): object {
  const stored = resources.filter((info) => info.createOnly !== true);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'sandbox' },
    paths: Object.fromEntries(stored.map((info) => [pathOf(root, info), { patch: patchOperation(info) }])),
    components: { schemas: {} },
  };
}

function pathOf(root: string, info: ResourceInfo): string {
  return `/${root}/${info.namespaced ? 'namespaces/{namespace}/' : ''}${info.plural}/{name}`;
}

function patchOperation({ group, version, kind }: ResourceInfo): object {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }));
  return {
    operationId: `patch${kind}`,
    parameters,
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
}
