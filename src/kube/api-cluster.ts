import type { ExecRequest, ExecResult, KubeCluster, ListOptions, LogRequest, ObjectName } from './cluster.ts';
import type { Attempt } from './failure.ts';
import { isUnknownKind, kubeFailure } from './failure.ts';
import type { KubeKind } from './kinds.ts';
import { collectionPath, kinds } from './kinds.ts';
import { kubeRefusal } from './refusal.ts';
import type { KubeObject } from './shapes.ts';
import { lackingExecVerb } from './exec-permission.ts';
import type { KubeRequest, KubeTransport } from './transport.ts';

/** Who set a field, as server-side apply records it. */
export const FIELD_MANAGER = 'keyless-pods';

interface Page<Shape> {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly Shape[] | null;
}

/** A cluster by requests of the Kubernetes API, whatever carries them there. */
export class ApiCluster implements KubeCluster {
  readonly name: string;
  readonly #transport: KubeTransport;

  constructor(name: string, transport: KubeTransport) {
    this.name = name;
    this.#transport = transport;
  }

  async get<Shape extends KubeObject>(
    kind: KubeKind<Shape>,
    name: ObjectName,
    signal?: AbortSignal,
  ): Promise<Shape | undefined> {
    try {
      const request = { method: 'GET', path: pathOf(kind, name), signal } as const;
      return JSON.parse(await this.#send(request, { verb: 'get', kind, ...name })) as Shape;
    } catch (error) {
      if (kubeRefusal(error)?.code === 404) return undefined;
      throw error;
    }
  }

  async list<Shape extends KubeObject>(
    kind: KubeKind<Shape>,
    { namespace, labelSelector, fieldSelector }: ListOptions = {},
    signal?: AbortSignal,
  ): Promise<readonly Shape[]> {
    const items: Shape[] = [];
    const selectors = { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
    let next = '';
    do {
      const query = {
        limit: String(this.#transport.pageSize),
        ...selectors,
        ...(next === '' ? {} : { continue: next }),
      };
      const request = { method: 'GET', path: collectionPath(kind, namespace), query, signal } as const;
      const page = JSON.parse(await this.#send(request, { verb: 'list', kind, namespace })) as Page<Shape>;
      // Items of a list carry neither apiVersion nor kind.
      items.push(...(page.items ?? []).map((each) => ({ ...each, apiVersion: kind.apiVersion, kind: kind.kind })));
      next = page.metadata?.continue ?? '';
    } while (next !== '');
    return items;
  }

  async create(kind: KubeKind, object: KubeObject): Promise<void> {
    const { name, namespace } = object.metadata;
    const path = collectionPath(kind, namespace);
    await this.#send({ method: 'POST', path, body: object }, { verb: 'create', kind, name, namespace });
  }

  async apply(kind: KubeKind, object: KubeObject, { force = false }: { readonly force?: boolean } = {}): Promise<void> {
    const { name, namespace } = object.metadata;
    const request = {
      method: 'PATCH',
      path: pathOf(kind, { name, namespace }),
      query: { fieldManager: FIELD_MANAGER, force: String(force) },
      contentType: 'application/apply-patch+yaml',
      body: object,
    } as const;
    await this.#send(request, { verb: 'patch', kind, name, namespace });
  }

  async mergePatch(kind: KubeKind, name: ObjectName, patch: object): Promise<void> {
    const request = {
      method: 'PATCH',
      path: pathOf(kind, name),
      query: { fieldManager: FIELD_MANAGER },
      contentType: 'application/merge-patch+json',
      body: patch,
    } as const;
    await this.#send(request, { verb: 'patch', kind, subresource: kind.subresource, ...name });
  }

  async delete(kind: KubeKind, name: ObjectName): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
    try {
      await this.#send({ method: 'DELETE', path: pathOf(kind, name), body }, { verb: 'delete', kind, ...name });
    } catch (error) {
      if (kubeRefusal(error)?.code !== 404) throw error;
    }
  }

  async exec(request: ExecRequest, signal?: AbortSignal): Promise<ExecResult> {
    const { namespace, pod: name } = request;
    try {
      return await this.#transport.exec(request, signal);
    } catch (error) {
      if (signal?.aborted) throw error;
      const forbidden = kubeRefusal(error)?.code === 403;
      const lacking = forbidden ? await lackingExecVerb(this.#transport, request) : undefined;
      const verb = lacking ?? 'create';
      throw this.#failure(error, { verb, kind: kinds.pod, subresource: 'exec', name, namespace });
    }
  }

  async logs(request: LogRequest, signal?: AbortSignal): Promise<string> {
    const { namespace, pod: name, container, tailLines, limitBytes, previous } = request;
    const query = {
      ...(container === undefined ? {} : { container }),
      ...(tailLines === undefined ? {} : { tailLines: String(tailLines) }),
      ...(limitBytes === undefined ? {} : { limitBytes: String(limitBytes) }),
      ...(previous === true ? { previous: 'true' } : {}),
    };
    const path = `${pathOf(kinds.pod, { name, namespace })}/log`;
    const attempt = { verb: 'get', kind: kinds.pod, subresource: 'log', name, namespace };
    return this.#send({ method: 'GET', path, query, signal }, attempt);
  }

  async serves(kind: KubeKind, signal?: AbortSignal): Promise<boolean> {
    const root = kind.apiVersion.includes('/') ? '/apis' : '/api';
    try {
      const request = { method: 'GET', path: `${root}/${kind.apiVersion}`, signal } as const;
      const found = JSON.parse(await this.#send(request, { verb: 'get', kind })) as {
        readonly resources?: readonly { readonly name: string }[];
      };
      return found.resources?.some(({ name }) => name === kind.plural) ?? false;
    } catch (error) {
      const status = kubeRefusal(error);
      if (status && (isUnknownKind(status) || status.code === 404)) return false;
      throw error;
    }
  }

  close(): void {
    this.#transport.close();
  }

  async #send(request: KubeRequest, attempt: Omit<Attempt, 'cluster' | 'host'>): Promise<string> {
    try {
      return await this.#transport.send(request);
    } catch (error) {
      if (request.signal?.aborted) throw error;
      throw this.#failure(error, attempt);
    }
  }

  #failure(error: unknown, attempt: Omit<Attempt, 'cluster' | 'host'>): Error {
    return kubeFailure(error, { cluster: this.name, host: this.#transport.host, ...attempt });
  }
}

function pathOf(kind: KubeKind, { name, namespace }: ObjectName): string {
  const part = kind.subresource === undefined ? '' : `/${kind.subresource}`;
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}${part}`;
}
