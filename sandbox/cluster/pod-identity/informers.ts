/**
 * The caches of a controller, filled with its own rights: what it may not list and watch it logs and tries again, as
 * client-go's reflectors do, and it does not begin before all of them are filled.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeStatusError, type ClusterClient, type KubeObject, type KubeResource } from '../../contracts.ts';
import type { Klog } from './klog.ts';

export interface Informed {
  readonly resource: KubeResource;
  /** Go's name of the type, for the log: `*v1.Pod`. */
  readonly type: string;
  readonly onChange?: (
    type: 'ADDED' | 'MODIFIED' | 'DELETED',
    object: KubeObject,
    before: KubeObject | undefined,
  ) => void;
}

interface InformerOptions {
  readonly client: ClusterClient;
  readonly log: Klog;
  readonly signal: AbortSignal;
  /** First pause between attempts, in milliseconds; doubles up to 40 times that. */
  readonly retryMilliseconds: number;
}

const REFLECTOR = 'pkg/mod/k8s.io/client-go@v0.23.17/tools/cache/reflector.go:167';

export class Informers {
  readonly #options: InformerOptions;
  readonly #caches = new Map<string, Map<string, KubeObject>>();

  constructor(options: InformerOptions) {
    this.#options = options;
  }

  /** Settles when every cache is filled; rejects with the signal's reason. */
  async start(informed: readonly Informed[]): Promise<void> {
    await Promise.all(informed.map(async (one) => this.#fill(one)));
  }

  list<T extends KubeObject>(resource: KubeResource): T[] {
    return [...(this.#caches.get(cacheKey(resource))?.values() ?? [])] as T[];
  }

  async #fill(informed: Informed): Promise<void> {
    const { client, log, signal, retryMilliseconds } = this.#options;
    for (let pause = retryMilliseconds; ; pause = Math.min(pause * 2, 40 * retryMilliseconds)) {
      signal.throwIfAborted();
      try {
        await client.list(informed.resource);
        await this.#watch(informed);
        return;
      } catch (error) {
        if (!(error instanceof KubeStatusError)) throw error;
        const failed = `failed to list ${informed.type}: ${error.message}`;
        log.warning('reflector.go:324', `${REFLECTOR}: ${failed}`);
        log.error('reflector.go:138', `${REFLECTOR}: Failed to watch ${informed.type}: ${failed}`);
      }
      await sleep(pause, undefined, { signal, ref: false });
    }
  }

  /** Settles when the cache is filled. */
  async #watch({ resource, onChange }: Informed): Promise<void> {
    const { client, signal } = this.#options;
    const cache = new Map<string, KubeObject>();
    this.#caches.set(cacheKey(resource), cache);
    await new Promise<void>((resolve, reject) => {
      const listener: Parameters<ClusterClient['watch']>[1] = ({ type, object }) => {
        const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
        const before = cache.get(key);
        if (type === 'DELETED') cache.delete(key);
        else cache.set(key, object);
        onChange?.(type, object, before);
      };
      const stop = client.watch(resource, listener, resolve);
      const end = (): void => {
        stop();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', end, { once: true });
    });
  }
}

function cacheKey({ group, plural }: KubeResource): string {
  return `${plural}.${group}`;
}
