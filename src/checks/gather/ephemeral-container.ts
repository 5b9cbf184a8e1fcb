import { randomBytes } from 'node:crypto';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import { kinds } from '../../kube/kinds.ts';
import { kubeRefusal } from '../../kube/refusal.ts';
import type { ContainerStatus, Pod } from '../../kube/shapes.ts';
import type { ProofFact } from '../facts.ts';
import type { ProofRequest } from './proof.ts';
import { proofCommand, readResult, tokenSeconds } from './proof.ts';

export interface EphemeralRequest extends ProofRequest {
  readonly image: string;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Somebody else may add a container to the pod at the same moment, or its status may change. */
const MOST_TRIES = 5;
const LOOK_EVERY = 1000;
/** For pulling the image and for the request to the vault. */
const BESIDES_TOKEN = 90;
const NEVER_STARTS =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|Create\w+Error|RunContainerError)$/;
const MOST_LOG = 64 * 1024;

/**
 * Runs the proof in a container that is added to the very pod: same address, so same identity. It ends by itself;
 * Kubernetes keeps it in the list of the pod until the pod goes.
 */
export async function runInEphemeralContainer(
  cluster: KubeCluster,
  request: EphemeralRequest,
  signal: AbortSignal,
): Promise<ProofFact> {
  const name = `keyless-pods-${randomBytes(4).toString('hex')}`;
  try {
    const refused = await add(cluster, { ...request, name }, signal);
    return refused ?? (await result(cluster, { ...request, name }, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DiagnosticError)) throw error;
    return { state: 'broken', said: error.diagnostic.detail ?? error.message };
  }
}

type Named = EphemeralRequest & { readonly name: string };

async function add(cluster: KubeCluster, request: Named, signal: AbortSignal): Promise<ProofFact | undefined> {
  const { namespace } = request.question;
  const { name: pod } = request.pod;
  for (let tries = 1; ; tries++) {
    const found = await podNow(cluster, request, signal);
    if (!found) return { state: 'broken', said: `the pod ${pod} is gone` };
    const ephemeralContainers = [...(found.spec?.ephemeralContainers ?? []), containerOf(request)];
    const { resourceVersion } = found.metadata;
    const patch = { metadata: { resourceVersion }, spec: { ephemeralContainers } };
    try {
      await cluster.mergePatch(kinds.podEphemeralContainers, { name: pod, namespace }, patch);
      return undefined;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      if (kubeRefusal(error)?.code === 409 && tries < MOST_TRIES) continue;
      return { state: 'notAdded', said: error.message, fix: error.diagnostic.fix };
    }
  }
}

/** As the strictest Pod Security level (restricted) wants it; the number, because images may name their user only. */
function containerOf(request: Named): { readonly name: string } {
  return {
    name: request.name,
    image: request.image,
    imagePullPolicy: 'IfNotPresent',
    command: proofCommand(request).map(unexpanded),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65_532,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  } as { readonly name: string };
}

/** The kubelet replaces `$(NAME)` in a container's command, and `$$` by `$`. */
function unexpanded(word: string): string {
  return word.replaceAll('$', '$$$$');
}

async function result(cluster: KubeCluster, request: Named, signal: AbortSignal): Promise<ProofFact> {
  const { namespace } = request.question;
  const { name, pod, image } = request;
  const { terminated, waiting } = (await lastState(cluster, request, signal)) ?? {};
  if (!terminated) {
    const said = [waiting?.reason, waiting?.message].filter((each) => each !== undefined).join(': ');
    return { state: 'notEnded', container: name, image, said };
  }
  const stdout = await cluster.logs({ namespace, pod: pod.name, container: name, limitBytes: MOST_LOG }, signal);
  const proof = readResult({ stdout, stderr: '', exitCode: terminated.exitCode });
  return proof.state === 'answered' ? { ...proof, by: name } : proof;
}

type State = ContainerStatus['state'];

/** How the container ended, or where it stood when nothing more was to be expected. */
async function lastState(cluster: KubeCluster, request: Named, signal: AbortSignal): Promise<State> {
  let state: State;
  for (let left = (tokenSeconds(request) + BESIDES_TOKEN) * 1000; left > 0; left -= LOOK_EVERY) {
    const found = await podNow(cluster, request, signal);
    state = found && stateOf(found, request.name);
    if (!found || isFinal(state)) break;
    await request.sleep(LOOK_EVERY);
  }
  return state;
}

function stateOf({ status }: Pod, container: string): State {
  return status?.ephemeralContainerStatuses?.find(({ name }) => name === container)?.state;
}

function isFinal(state: State): boolean {
  return state?.terminated !== undefined || NEVER_STARTS.test(state?.waiting?.reason ?? '');
}

async function podNow(cluster: KubeCluster, { question, pod }: Named, signal: AbortSignal): Promise<Pod | undefined> {
  const fieldSelector = `metadata.name=${pod.name}`;
  const [found] = await cluster.list(kinds.pod, { namespace: question.namespace, fieldSelector }, signal);
  return found;
}
