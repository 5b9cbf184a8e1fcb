/** Waits for a rollout as `kubectl rollout status` does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject, type Json, type Manifest, toJson } from './json.ts';
import type { Objects } from './objects.ts';

export interface RolloutOptions {
  /** 0: no limit. */
  readonly seconds: number;
  readonly stop: AbortSignal;
  say(line: string): void;
}

/** Counts of pods. */
interface Progress {
  readonly observed: boolean;
  readonly wanted: number;
  readonly updated: number;
  readonly old: number;
  readonly available: number;
}

/** Milliseconds between two looks at the object. */
const interval = 250;

const readers: Readonly<Record<string, (spec: Counts, status: Counts) => Omit<Progress, 'observed'>>> = {
  Deployment: (spec, status) => ({
    wanted: spec('replicas', 1),
    updated: status('updatedReplicas'),
    old: status('replicas') - status('updatedReplicas'),
    available: status('availableReplicas'),
  }),
  StatefulSet: (spec, status) => ({
    wanted: spec('replicas', 1),
    updated: status('updatedReplicas'),
    old: 0,
    available: status('readyReplicas'),
  }),
  DaemonSet: (_, status) => ({
    wanted: status('desiredNumberScheduled'),
    updated: status('updatedNumberScheduled'),
    old: 0,
    available: status('numberAvailable'),
  }),
};

/** Other kinds are done when they are applied. */
export function rollsOut({ kind, apiVersion }: Manifest): boolean {
  return apiVersion === 'apps/v1' && kind in readers;
}

/** @throws where it takes longer than it may, with what was seen last. */
export async function waitForRollout(objects: Objects, manifest: Manifest, options: RolloutOptions): Promise<void> {
  const limit = options.seconds > 0 ? AbortSignal.timeout(options.seconds * 1000) : undefined;
  const label = `${manifest.kind.toLowerCase()} "${manifest.metadata.name}"`;
  let said = '';
  for (;;) {
    const current = await objects.read(manifest);
    const missing = current ? whatIsMissing(progressOf(current)) : 'it is not there';
    if (missing === undefined) break;
    if (limit?.aborted)
      throw new Error(`Rollout of ${label} did not finish in ${String(options.seconds)} s: ${missing}.`);
    // Only what moved is worth a line.
    if (missing !== said) options.say(`Waiting for ${label} rollout to finish: ${missing}...`);
    said = missing;
    await sleep(interval, undefined, { signal: options.stop });
  }
  options.say(`${label} successfully rolled out`);
}

function whatIsMissing({ observed, wanted, updated, old, available }: Progress): string | undefined {
  if (!observed) return 'the change has not been observed yet';
  if (updated < wanted) return `${String(updated)} of ${String(wanted)} have been updated`;
  if (old > 0) return `${String(old)} old replicas are pending termination`;
  return available < wanted ? `${String(available)} of ${String(wanted)} updated are available` : undefined;
}

function progressOf(current: Manifest): Progress {
  const { spec, status } = toJson(current);
  const counts = counter(status);
  const read = readers[current.kind];
  if (!read) throw new Error(`${current.kind} does not roll out.`);
  return {
    ...read(counter(spec), counts),
    observed: counts('observedGeneration') >= (current.metadata.generation ?? 0),
  };
}

type Counts = (field: string, fallback?: number) => number;

function counter(part: Json | undefined): Counts {
  return (field, fallback = 0) => {
    const value = isObject(part) ? part[field] : undefined;
    return typeof value === 'number' ? value : fallback;
  };
}
