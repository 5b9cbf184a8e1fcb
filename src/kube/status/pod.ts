import type { ContainerStatus, Pod } from '../shapes.ts';

/** Reasons that do not pass by waiting; ErrImagePull is left out, because a second pull often succeeds. */
const HOPELESS = new Set([
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/** A container that crashed this often does not recover by itself; one crash may be a race at the start. */
const CRASHES = 2;

export function isPodReady({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined || status?.phase !== 'Running') return false;
  return status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}

/** Why the pod will not start, e.g. `ImagePullBackOff in container web: ...`; undefined while there is hope. */
export function podTrouble({ status }: Pod): string | undefined {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const found = containers.map(containerTrouble).find((trouble) => trouble !== undefined);
  if (found !== undefined) return found;
  return status?.phase === 'Failed' ? `${status.reason ?? 'Failed'}: ${status.message ?? 'the pod ended'}` : undefined;
}

function containerTrouble({ name, state, restartCount = 0 }: ContainerStatus): string | undefined {
  const { reason = '', message } = state?.waiting ?? {};
  const crashing = reason === 'CrashLoopBackOff' && restartCount >= CRASHES;
  if (!crashing && !HOPELESS.has(reason)) return undefined;
  return `${reason} in container ${name}${message === undefined ? '' : `: ${message}`}`;
}
