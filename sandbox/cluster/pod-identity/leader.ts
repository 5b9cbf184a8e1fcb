/** Leader election over an Endpoints object, as client-go does it: one MIC works, the others wait. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeStatusError, type ClusterClient, type KubeObject } from '../../contracts.ts';
import { timestamp } from '../controllers/objects.ts';
import { resources } from '../controllers/shapes.ts';
import { FatalError, type Klog } from './klog.ts';

const ANNOTATION = 'control-plane.alpha.kubernetes.io/leader';

interface LeaderOptions {
  readonly client: ClusterClient;
  readonly log: Klog;
  readonly signal: AbortSignal;
  readonly namespace: string;
  readonly name: string;
  /** Who leads: the host name of the pod. */
  readonly identity: string;
  /** How long a lease holds, in milliseconds, as the sandbox counts time. */
  readonly leaseMilliseconds: number;
  /** What the record says, in seconds. */
  readonly leaseSeconds: number;
}

interface LeaderRecord {
  readonly holderIdentity: string;
  readonly leaseDurationSeconds: number;
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly leaderTransitions: number;
}

export class LeaderElection {
  readonly #options: LeaderOptions;
  #seen: { readonly text: string; readonly at: number } = { text: '', at: 0 };

  constructor(options: LeaderOptions) {
    this.#options = options;
  }

  /** Settles when this one leads; rejects with the signal's reason. */
  async acquire(): Promise<void> {
    const { log, signal, leaseMilliseconds } = this.#options;
    const lock = this.#lock;
    log.info('leaderelection.go:248', `attempting to acquire leader lease ${lock}...`);
    while (!(await this.#tryOnce())) await sleep(leaseMilliseconds / 4, undefined, { signal, ref: false });
    log.info('leaderelection.go:258', `successfully acquired lease ${lock}`);
  }

  /** Renews until the signal, or until that failed for half a lease: then the process ends with 1. */
  async hold(): Promise<never> {
    const { log, signal, leaseMilliseconds } = this.#options;
    let renewed = Date.now();
    for (;;) {
      await sleep(leaseMilliseconds / 4, undefined, { signal, ref: false });
      if (await this.#tryOnce()) renewed = Date.now();
      else if (Date.now() - renewed > leaseMilliseconds / 2) break;
    }
    log.info('leaderelection.go:283', `failed to renew lease ${this.#lock}: timed out waiting for the condition`);
    throw new FatalError('mic.go:269', 'lost leader lease', 1);
  }

  get #lock(): string {
    return `${this.#options.namespace}/${this.#options.name}`;
  }

  async #tryOnce(): Promise<boolean> {
    try {
      return await this.#acquireOrRenew();
    } catch (error) {
      if (!(error instanceof KubeStatusError)) throw error;
      const text = `error retrieving resource lock ${this.#lock}: ${error.message}`;
      this.#options.log.error('leaderelection.go:330', text);
      return false;
    }
  }

  async #acquireOrRenew(): Promise<boolean> {
    const { client, namespace, name } = this.#options;
    const present = await client.get(resources.endpoints, namespace, name);
    if (present === undefined) {
      await client.create(resources.endpoints, this.#object(this.#record(undefined)));
      return true;
    }
    const text = present.metadata.annotations?.[ANNOTATION] ?? '';
    if (text !== this.#seen.text) this.#seen = { text, at: Date.now() };
    const old = text === '' ? undefined : (JSON.parse(text) as LeaderRecord);
    if (this.#heldByAnother(old)) return false;
    const annotations = { ...present.metadata.annotations, [ANNOTATION]: JSON.stringify(this.#record(old)) };
    await client.update(resources.endpoints, { ...present, metadata: { ...present.metadata, annotations } });
    return true;
  }

  /** By this program's own clock, from when it first saw the record: clocks of others are not trusted. */
  #heldByAnother(record: LeaderRecord | undefined): boolean {
    if (record === undefined || record.holderIdentity === '') return false;
    const fresh = Date.now() - this.#seen.at < this.#options.leaseMilliseconds;
    return fresh && record.holderIdentity !== this.#options.identity;
  }

  #record(old: LeaderRecord | undefined): LeaderRecord {
    const { identity, leaseSeconds } = this.#options;
    const now = timestamp();
    const mine = old?.holderIdentity === identity;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: leaseSeconds,
      acquireTime: mine ? old.acquireTime : now,
      renewTime: now,
      leaderTransitions: old === undefined ? 0 : old.leaderTransitions + (mine ? 0 : 1),
    };
  }

  #object(record: LeaderRecord): KubeObject {
    const { namespace, name } = this.#options;
    return {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name, namespace, annotations: { [ANNOTATION]: JSON.stringify(record) } },
    };
  }
}
