/** Small questions about objects that several controllers ask. */
import { createHash, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { KubeStatusError, type ClusterClient, type KubeObject, type KubeResource } from '../../contracts.ts';
import type { Condition, Pod, PodTemplate } from './shapes.ts';

export function isOwnedBy(object: KubeObject, owner: KubeObject): boolean {
  return (object.metadata.ownerReferences ?? []).some(
    ({ uid, controller }) => controller === true && uid === owner.metadata.uid,
  );
}

export function ownerReference(owner: KubeObject): object {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** Neither finished nor about to go. */
export function isActive(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase !== 'Succeeded' && phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined;
}

/** The alphabet of k8s.io/apimachinery/pkg/util/rand: no vowels, so no words. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

export function randomSuffix(): string {
  return [...randomBytes(5)].map((byte) => SAFE.charAt(byte % SAFE.length)).join('');
}

/** Equal templates, equal hash; the order of keys does not count. */
export function templateHash(template: PodTemplate): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(sorted(template)))
    .digest();
  return [...digest.subarray(0, 10)].map((byte) => SAFE.charAt(byte % SAFE.length)).join('');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}

/** `25%` of a number, or the number itself. A surge is rounded up, what may be missing is rounded down. */
export function portion(value: number | string | undefined, total: number, round: (x: number) => number): number {
  if (typeof value === 'number') return value;
  const text = value ?? '25%';
  return text.endsWith('%') ? round((Number.parseInt(text, 10) * total) / 100) : Number.parseInt(text, 10);
}

/** A condition keeps its transition time for as long as its status stays. */
export function withCondition(conditions: readonly Condition[], wanted: Condition, now: string): Condition[] {
  const old = conditions.find(({ type }) => type === wanted.type);
  const rest = conditions.filter(({ type }) => type !== wanted.type);
  const { lastTransitionTime, ...before } = old ?? { lastTransitionTime: undefined };
  if (old !== undefined && isDeepStrictEqual(withoutUpdateTime(before), wanted)) return [...conditions];
  const transition = old?.status === wanted.status ? (lastTransitionTime ?? now) : now;
  return [...rest, { ...wanted, lastTransitionTime: transition }];
}

function withoutUpdateTime(condition: object): object {
  const { lastUpdateTime: _, ...rest } = condition as Condition;
  return rest;
}

/** Writes the status only where something in it changed. */
export async function writeStatus(
  client: ClusterClient,
  resource: KubeResource,
  object: KubeObject,
  status: Readonly<Record<string, unknown>>,
): Promise<void> {
  const current = (object['status'] ?? {}) as Record<string, unknown>;
  const changed = Object.entries(status).some(
    ([field, value]) => !isDeepStrictEqual(current[field] ?? undefined, value),
  );
  if (changed) await ignoringMissing(client.mergePatch(resource, object, { status }, 'status'));
}

/** What is gone needs no change. */
export async function ignoringMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof KubeStatusError && error.status.code === 404) return undefined;
    throw error;
  }
}

export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
