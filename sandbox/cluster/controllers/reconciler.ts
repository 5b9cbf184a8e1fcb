/** The loop of every controller: something changed, so look at the whole object again, one at a time, until it holds. */
import { setMaxListeners } from 'node:events';
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import { KubeStatusError, type ClusterClient, type KubeObject, type KubeResource } from '../../contracts.ts';

interface ReconcilerOptions {
  readonly client: ClusterClient;
  /** Which objects to look at (`namespace/name`) when one of this kind changes. */
  readonly triggers: readonly { readonly resource: KubeResource; keys(object: KubeObject): readonly string[] }[];
  /** Brings one object nearer to what it should be; asks to be called again after so many milliseconds, or not. */
  reconcile(namespace: string, name: string): Promise<number | undefined>;
}

export interface Controller {
  stop(): Promise<void>;
}

const FIRST_RETRY = 10;
const LONGEST_RETRY = 2000;

export function startReconciler(options: ReconcilerOptions): Controller {
  return new Reconciler(options);
}

class Reconciler implements Controller {
  readonly #options: ReconcilerOptions;
  readonly #pending = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #stopping = new AbortController();
  readonly #unwatch: readonly (() => void)[];
  #running: Promise<void> | undefined;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    // Every pause listens for the end.
    setMaxListeners(0, this.#stopping.signal);
    this.#unwatch = options.triggers.map((trigger) =>
      options.client.watch(trigger.resource, ({ object }) => {
        for (const key of trigger.keys(object)) this.#add(key);
      }),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const unwatch of this.#unwatch) unwatch();
    await this.#running;
  }

  #add(key: string): void {
    if (this.#stopping.signal.aborted) return;
    this.#pending.add(key);
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
      const [next] = this.#pending;
      if (next !== undefined) this.#add(next);
    });
  }

  async #drain(): Promise<void> {
    // Several writes of one request (or of one reconcile) are answered by one look.
    await Promise.resolve();
    for (const key of this.#pending) {
      this.#pending.delete(key);
      if (this.#stopping.signal.aborted) return;
      await this.#visit(key);
      // In-process calls never reach the event loop by themselves: others get their turn here.
      await immediate();
    }
  }

  async #visit(key: string): Promise<void> {
    const slash = key.indexOf('/');
    try {
      const again = await this.#options.reconcile(key.slice(0, slash), key.slice(slash + 1));
      this.#failures.delete(key);
      if (again !== undefined) this.#addLater(key, again);
    } catch (error) {
      if (!(error instanceof KubeStatusError)) console.error(`sandbox controller ${key}:`, error);
      const count = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, count);
      this.#addLater(key, Math.min(FIRST_RETRY * 2 ** count, LONGEST_RETRY));
    }
  }

  #addLater(key: string, milliseconds: number): void {
    const { signal } = this.#stopping;
    void sleep(milliseconds, undefined, { signal, ref: false }).then(
      () => {
        this.#add(key);
      },
      () => undefined,
    );
  }
}

export function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

/** The key of the controlling owner of this kind: what to look at when a pod changes. */
export function ownerKey(object: KubeObject, kind: string): string[] {
  const owner = controllerOf(object);
  return owner?.kind === kind ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : [];
}

export function controllerOf(
  object: KubeObject,
): NonNullable<KubeObject['metadata']['ownerReferences']>[number] | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}
