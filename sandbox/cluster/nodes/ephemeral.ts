/** Containers that somebody adds to a running pod (`kubectl debug`). */
import { timestamp } from '../controllers/objects.ts';
import type { Container } from '../controllers/shapes.ts';
import { ContainerLog } from './container-log.ts';
import type { ContainerState } from './pod-status.ts';
import type { ContainerRun, RunningPod } from './running-pod.ts';

/** An image that no registry of the sandbox has: a tag `missing` stands for it. */
const MISSING = ':missing';

export function beginEphemeral(running: RunningPod, container: Container): ContainerRun {
  const now = timestamp();
  const missing = container.image.endsWith(MISSING);
  const state: ContainerState = missing
    ? {
        state: 'waiting',
        ready: false,
        restarts: 0,
        reason: 'ImagePullBackOff',
        message: `Back-off pulling image "${container.image}"`,
        startedAt: now,
      }
    : { state: 'running', ready: false, restarts: 0, startedAt: now };
  const run: ContainerRun = { state, log: new ContainerLog() };
  running.ephemeral.set(container.name, run);
  return run;
}

export function statesOf(runs: ReadonlyMap<string, ContainerRun>): ReadonlyMap<string, ContainerState> {
  return new Map([...runs].map(([name, { state }]) => [name, state]));
}
