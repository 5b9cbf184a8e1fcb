/** Puts objects into a cluster of the sandbox and takes them out, as its administrator and past every task. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiException, KubeConfig, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import type { KubernetesObject } from '@kubernetes/client-node';
import type { KubeObject } from '../../sandbox/contracts.ts';
import type { World } from './world.ts';

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Of the scenario's first cluster. A client of its own for every call, because a client remembers what was served. */
function administrator({ sandbox }: World): KubernetesObjectApi {
  const config = new KubeConfig();
  config.loadFromFile(sandbox.connection.kubeconfig);
  return KubernetesObjectApi.makeApiClient(config);
}

async function unless(code: number, request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof ApiException && error.code === code)) throw error;
  }
}

/** Creates each object that is not there; one that is there stays as it is. */
export async function ensureObjects(world: World, objects: readonly ObjectReference[]): Promise<void> {
  for (const object of objects) await unless(409, administrator(world).create(structuredClone(object)));
}

/** Deletes each object that is there, finalizers or not, and waits until it is gone. */
export async function ensureAbsent(world: World, objects: readonly ObjectReference[]): Promise<void> {
  for (const { apiVersion, kind, metadata } of objects) {
    const header = { apiVersion, kind, metadata: { ...metadata } };
    await unless(404, release(administrator(world), header));
    await unless(404, administrator(world).delete(header));
    // The test's own time limit ends a wait that is in vain.
    while ((await dump(world)).some((each) => isSame(each, header))) await sleep(50);
  }
}

async function release(api: KubernetesObjectApi, header: ObjectReference): Promise<void> {
  const patch = { ...header, metadata: { ...header.metadata, finalizers: null } };
  const parameters = [undefined, undefined, undefined, undefined] as const;
  await api.patch(patch as unknown as KubernetesObject, ...parameters, PatchStrategy.MergePatch);
}

export function isSame(one: ObjectReference, other: ObjectReference): boolean {
  const [left, right] = [one.metadata, other.metadata];
  return one.kind === other.kind && left.name === right.name && left.namespace === right.namespace;
}

/** All objects of the first cluster. */
export async function dump({ sandbox }: World): Promise<readonly KubeObject[]> {
  return (await sandbox.clusters[0]?.dump()) ?? [];
}

/** As it was written, without what the API server added: what a client would create it from. */
export function asWritten({ metadata, ...rest }: KubeObject): ObjectReference {
  const { name, namespace, labels, annotations } = metadata;
  const { status: _, ...spec } = rest;
  return {
    ...spec,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
}
