/** The status that a kubelet writes for a pod. */
import { createHash } from 'node:crypto';
import { timestamp, withCondition } from '../controllers/objects.ts';
import type { Condition, Container, Pod } from '../controllers/shapes.ts';

/** Where a container stands. */
export interface ContainerState {
  readonly state: 'running' | 'waiting' | 'terminated';
  readonly ready: boolean;
  readonly restarts: number;
  /** For waiting and terminated: the reason, e.g. CrashLoopBackOff, Completed. */
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
  readonly startedAt: string;
  /** How the run before ended. */
  readonly last?: { readonly exitCode: number; readonly startedAt: string; readonly finishedAt: string };
}

const FAULT_ANNOTATION = 'sandbox.keyless-pods/fault';
type PodFault = 'ImagePullBackOff' | 'CrashLoopBackOff' | 'NeverReady';

/** What the pod's annotation says is wrong with its image. */
export function faultOf(pod: Pod): PodFault | undefined {
  const text = pod.metadata.annotations?.[FAULT_ANNOTATION];
  return text === 'ImagePullBackOff' || text === 'CrashLoopBackOff' || text === 'NeverReady' ? text : undefined;
}

export function faultyState(fault: PodFault, pod: Pod, container: Container): ContainerState {
  const now = timestamp();
  switch (fault) {
    case 'ImagePullBackOff': {
      const message = `Back-off pulling image "${container.image}"`;
      return { state: 'waiting', ready: false, restarts: 0, reason: fault, message, startedAt: now };
    }
    case 'CrashLoopBackOff':
      return crashed(pod, container, { exitCode: 1, restarts: 3, startedAt: now });
    case 'NeverReady':
      return { state: 'running', ready: false, restarts: 0, startedAt: now };
  }
}

export function crashed(
  pod: Pod,
  container: Container,
  run: { readonly exitCode: number; readonly restarts: number; readonly startedAt: string },
): ContainerState {
  const { exitCode, restarts, startedAt } = run;
  const seconds = Math.min(300, 10 * 2 ** Math.max(0, restarts - 1));
  const { name, namespace, uid } = pod.metadata;
  const where = `${name}_${namespace ?? ''}(${uid ?? ''})`;
  return {
    state: 'waiting',
    ready: false,
    restarts,
    reason: 'CrashLoopBackOff',
    message: `back-off ${seconds}s restarting failed container=${container.name} pod=${where}`,
    startedAt,
    last: { exitCode, startedAt, finishedAt: timestamp() },
  };
}

export interface PodAddresses {
  readonly podIP: string;
  readonly hostIP: string;
}

export function podStatus(
  pod: Pod,
  states: ReadonlyMap<string, ContainerState>,
  { podIP, hostIP }: PodAddresses,
  ephemeral: ReadonlyMap<string, ContainerState> = new Map(),
): Record<string, unknown> {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
  const unready = containers.filter(({ name }) => states.get(name)?.ready !== true).map(({ name }) => name);
  const phase = phaseOf([...states.values()]);
  return {
    phase,
    conditions: conditionsOf(pod, unready, phase),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: pod.status?.['startTime'] ?? timestamp(),
    containerStatuses: containers.map((container) => containerStatus(pod, container, states.get(container.name))),
    ...(ephemeralContainers.length === 0
      ? {}
      : {
          ephemeralContainerStatuses: ephemeralContainers.flatMap((container) => {
            const state = ephemeral.get(container.name);
            return state ? [containerStatus(pod, container, state)] : [];
          }),
        }),
    ...(initContainers.length === 0
      ? {}
      : { initContainerStatuses: initContainers.map((container) => containerStatus(pod, container, completed())) }),
  };
}

function phaseOf(states: readonly ContainerState[]): string {
  if (states.every(({ state }) => state === 'terminated')) {
    return states.every(({ exitCode }) => exitCode === 0) ? 'Succeeded' : 'Failed';
  }
  return states.some(({ reason }) => reason === 'ImagePullBackOff') ? 'Pending' : 'Running';
}

function conditionsOf(pod: Pod, unready: readonly string[], phase: string): Condition[] {
  const now = timestamp();
  const finished = phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed';
  const why =
    phase === 'Succeeded' || phase === 'Failed'
      ? { reason: finished }
      : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const readiness = unready.length === 0 ? { status: 'True' as const } : { status: 'False' as const, ...why };
  const wanted: readonly Condition[] = [
    { type: 'PodScheduled', status: 'True' },
    { type: 'PodReadyToStartContainers', status: 'True' },
    { type: 'Initialized', status: 'True' },
    { type: 'ContainersReady', ...readiness },
    { type: 'Ready', ...readiness },
  ];
  let conditions: Condition[] = [...(pod.status?.conditions ?? [])];
  for (const condition of wanted) conditions = withCondition(conditions, condition, now);
  return conditions;
}

function completed(): ContainerState {
  return { state: 'terminated', ready: true, restarts: 0, reason: 'Completed', exitCode: 0, startedAt: timestamp() };
}

function containerStatus(pod: Pod, container: Container, state: ContainerState = completed()): object {
  const seed = `${pod.metadata.uid ?? ''}/${container.name}/${state.restarts}`;
  const pulled = state.reason !== 'ImagePullBackOff';
  const digest = createHash('sha256').update(container.image).digest('hex');
  const { last } = state;
  return {
    name: container.name,
    image: container.image,
    imageID: pulled ? `${container.image.replace(/:[^:/]*$/, '')}@sha256:${digest}` : '',
    ...(pulled ? { containerID: `containerd://${createHash('sha256').update(seed).digest('hex')}` } : {}),
    ready: state.ready,
    started: state.state === 'running',
    restartCount: state.restarts,
    state: { [state.state]: stateDetail(state) },
    lastState: last === undefined ? {} : { terminated: { reason: 'Error', ...last } },
  };
}

function stateDetail({ state, reason, message, exitCode, startedAt }: ContainerState): object {
  switch (state) {
    case 'running':
      return { startedAt };
    case 'waiting':
      return { reason, ...(message === undefined ? {} : { message }) };
    case 'terminated':
      return { reason, exitCode, startedAt, finishedAt: timestamp() };
  }
}
