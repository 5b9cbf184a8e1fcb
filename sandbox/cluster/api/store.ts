/** What etcd is to the real server: objects by kind, one revision counter, and a bounded history for watches. */
import type { KubeObject } from '../../contracts.ts';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** As of this change; for DELETED the last state. */
  readonly object: KubeObject;
  /** The state before, for selectors that begin or cease to match. */
  readonly previous?: KubeObject;
  readonly revision: number;
}

interface Recorded extends Change {
  readonly key: string;
}

export class Store {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #listeners = new Map<string, Set<(change: Change) => void>>();
  readonly #observers = new Set<(key: string, change: Change) => void>();
  readonly #historyLimit: number;
  #history: Recorded[] = [];
  #oldest = 0;
  #revision = 1;

  constructor(historyLimit = 5000) {
    this.#historyLimit = historyLimit;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Changes after this revision are known; a watch from an earlier one is told 410 Expired. */
  get oldestRevision(): number {
    return this.#oldest;
  }

  get(key: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#objects.get(key)?.get(identity(namespace, name));
  }

  /** Sorted by namespace and name, as etcd's keys are. */
  list(key: string, namespace?: string): KubeObject[] {
    const entries = [...(this.#objects.get(key)?.entries() ?? [])];
    const wanted = namespace === undefined ? entries : entries.filter(([id]) => id.startsWith(`${namespace}/`));
    return wanted.sort(([left], [right]) => (left < right ? -1 : 1)).map(([, object]) => object);
  }

  keys(): string[] {
    return [...this.#objects.keys()].sort();
  }

  /** The resource version that the next write will get. */
  nextRevision(): number {
    return this.#revision + 1;
  }

  /** Keeps the object under the next resource version and tells everybody who watches. */
  put(key: string, object: KubeObject): KubeObject {
    const revision = ++this.#revision;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    const id = identity(stored.metadata.namespace, stored.metadata.name);
    const kept = this.#objects.get(key) ?? new Map<string, KubeObject>();
    const previous = kept.get(id);
    kept.set(id, stored);
    this.#objects.set(key, kept);
    const type = previous === undefined ? 'ADDED' : 'MODIFIED';
    this.#tell({ key, type, object: stored, revision, ...(previous === undefined ? {} : { previous }) });
    return stored;
  }

  remove(key: string, object: KubeObject): KubeObject {
    const revision = ++this.#revision;
    this.#objects.get(key)?.delete(identity(object.metadata.namespace, object.metadata.name));
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    this.#tell({ key, type: 'DELETED', object: last, previous: object, revision });
    return last;
  }

  /** Changes of one kind after a revision, oldest first. */
  since(key: string, revision: number): Change[] {
    return this.#history.filter((change) => change.key === key && change.revision > revision);
  }

  subscribe(key: string, listener: (change: Change) => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(key, listeners);
    return () => listeners.delete(listener);
  }

  /** Hears of every change of every kind. */
  observe(observer: (key: string, change: Change) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  #tell(change: Recorded): void {
    this.#history.push(change);
    if (this.#history.length > this.#historyLimit) {
      const dropped = this.#history.length - Math.ceil(this.#historyLimit / 2);
      this.#oldest = this.#history[dropped - 1]?.revision ?? this.#oldest;
      this.#history = this.#history.slice(dropped);
    }
    for (const listener of this.#listeners.get(change.key) ?? []) listener(change);
    for (const observer of this.#observers) observer(change.key, change);
  }
}

function identity(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
