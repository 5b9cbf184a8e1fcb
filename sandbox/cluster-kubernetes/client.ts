/** {@link ClusterClient} over HTTP: what the sandbox's nodes, MIC and NMI are to a real API server. */
import { KubeStatusError, type ClusterClient, type KubeObject, type KubeResource } from '../contracts.ts';
import type { ApiAnswer, ApiConnection } from './api-connection.ts';
import { Discovery, type Served } from './discovery.ts';
import { refusalOf } from './refusal.ts';
import { watchCollection } from './watch.ts';

interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

type Body = Readonly<Record<string, unknown>>;

/** @param connection as system:masters, who may act as anybody */
export function clientFor(connection: ApiConnection): ClusterClient {
  return new HttpClusterClient(connection, new Discovery(connection));
}

const MERGE_PATCH = 'application/merge-patch+json';

class HttpClusterClient implements ClusterClient {
  readonly #connection: ApiConnection;
  readonly #discovery: Discovery;
  readonly #headers: Readonly<Record<string, string | readonly string[]>>;

  constructor(connection: ApiConnection, discovery: Discovery, user?: User) {
    this.#connection = connection;
    this.#discovery = discovery;
    this.#headers = user === undefined ? {} : impersonation(user);
  }

  as(user: User): ClusterClient {
    return new HttpClusterClient(this.#connection, this.#discovery, user);
  }

  async get(resource: KubeResource, namespace: string | undefined, name: string): Promise<KubeObject | undefined> {
    try {
      const served = await this.#discovery.find(resource);
      return (await this.#call('GET', pathOf(served, namespace, name))) as KubeObject;
    } catch (error) {
      if (error instanceof KubeStatusError && error.status.code === 404) return undefined;
      throw error;
    }
  }

  async list(
    resource: KubeResource,
    options: { namespace?: string; labelSelector?: string } = {},
  ): Promise<readonly KubeObject[]> {
    const { namespace, labelSelector } = options;
    const served = await this.#discovery.find(resource);
    const query = labelSelector === undefined ? '' : `?${new URLSearchParams({ labelSelector }).toString()}`;
    return itemsOf(served, (await this.#call('GET', pathOf(served, namespace) + query)) as Body);
  }

  async create(resource: KubeResource, object: KubeObject): Promise<KubeObject> {
    const served = await this.#discovery.find(resource);
    return (await this.#call('POST', pathOf(served, namespaceOf(object)), { body: object })) as KubeObject;
  }

  async update(resource: KubeResource, object: KubeObject): Promise<KubeObject> {
    const served = await this.#discovery.find(resource);
    const path = pathOf(served, namespaceOf(object), object.metadata.name);
    return (await this.#call('PUT', path, { body: object })) as KubeObject;
  }

  async mergePatch(
    resource: KubeResource,
    object: KubeObject,
    patch: object,
    subresource?: string,
  ): Promise<KubeObject> {
    const served = await this.#discovery.find(resource);
    const path = pathOf(served, namespaceOf(object), object.metadata.name);
    const below = subresource === undefined ? '' : `/${subresource}`;
    return (await this.#call('PATCH', path + below, { body: nullsOf(patch), type: MERGE_PATCH })) as KubeObject;
  }

  async delete(
    resource: KubeResource,
    namespace: string | undefined,
    name: string,
    options: { readonly gracePeriodSeconds?: number } = {},
  ): Promise<void> {
    const served = await this.#discovery.find(resource);
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...options };
    await this.#call('DELETE', pathOf(served, namespace, name), { body });
  }

  watch(
    resource: KubeResource,
    listener: (event: { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject }) => void,
    filled?: () => void,
  ): () => void {
    const stopping = new AbortController();
    const { signal } = stopping;
    const source = {
      list: async () => {
        const served = await this.#discovery.find(resource);
        const list = (await this.#call('GET', pathOf(served, undefined), { signal })) as Body;
        return { items: itemsOf(served, list), resourceVersion: versionOf(list) };
      },
      open: async (query: string) => {
        const served = await this.#discovery.find(resource);
        return this.#connection.open('GET', `${pathOf(served, undefined)}?${query}`, {
          headers: this.#headers,
          signal,
        });
      },
    };
    void watchCollection(source, { listener, filled, signal });
    return () => {
      stopping.abort();
    };
  }

  async #call(
    method: string,
    path: string,
    call: { readonly body?: object; readonly type?: string; readonly signal?: AbortSignal } = {},
  ): Promise<unknown> {
    const answer: ApiAnswer = await this.#connection.call(method, path, { ...call, headers: this.#headers });
    if (answer.status >= 400) throw refusalOf(answer);
    return answer.body;
  }
}

function impersonation({ name, groups }: User): Record<string, string | readonly string[]> {
  return { 'impersonate-user': name, 'impersonate-group': [...new Set([...groups, 'system:authenticated'])] };
}

export function pathOf(served: Served, namespace: string | undefined, name?: string): string {
  const space = served.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${served.root}${space}/${served.plural}${object}`;
}

function namespaceOf({ metadata }: KubeObject): string {
  return metadata.namespace ?? 'default';
}

/** A list's items do not say what they are. */
export function itemsOf({ apiVersion, kind }: Served, list: Body): KubeObject[] {
  const items = Array.isArray(list['items']) ? (list['items'] as object[]) : [];
  return items.map((item) => ({ apiVersion, kind, ...item }) as KubeObject);
}

function versionOf(list: Body): string {
  return (list['metadata'] as { resourceVersion?: string } | undefined)?.resourceVersion ?? '';
}

/** In a patch, what a caller sets to undefined is meant to go: null. */
function nullsOf(patch: object): object {
  return JSON.parse(JSON.stringify(patch, (_name, value: unknown) => value ?? null)) as object;
}
