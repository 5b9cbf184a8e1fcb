import { flag } from '../../../checks/doctor/bound.ts';
import { crashed } from '../../../checks/doctor/program.ts';
import type { LeaderFact, LogFact, ProgramFact, ProgramSetup } from '../../../checks/doctor/facts.ts';
import { DiagnosticError } from '../../../diagnostics/diagnostic.ts';
import type { KubeCluster } from '../../../kube/cluster.ts';
import type { KubeKind } from '../../../kube/kinds.ts';
import { kinds } from '../../../kube/kinds.ts';
import type { Container, Pod, Workload } from '../../../kube/shapes.ts';
import { selectorText } from '../../../kube/selector.ts';
import { fieldsOf, jsonFields } from '../../../runtime/json.ts';

export interface Sought {
  readonly program: 'mic' | 'nmi';
  readonly kind: KubeKind<Workload>;
}

export const MIC: Sought = { program: 'mic', kind: kinds.deployment };
export const NMI: Sought = { program: 'nmi', kind: kinds.daemonSet };

/** Where the release's own manifest puts it; all that can be asked by who may not list. */
const USUAL_NAMESPACE = 'default';

/** The Deployment of MIC or the DaemonSet of NMI wherever it is, whoever installed it. */
export async function findProgram(
  cluster: KubeCluster,
  { program, kind }: Sought,
  signal: AbortSignal,
): Promise<Workload | undefined> {
  try {
    return (await cluster.list(kind, {}, signal)).find((workload) => containerOf(workload, program) !== undefined);
  } catch (error) {
    if (!(error instanceof DiagnosticError) || error.diagnostic.code !== 'KUB004') throw error;
    return cluster.get(kind, { name: program, namespace: USUAL_NAMESPACE }, signal);
  }
}

/** By its image, `.../aad-pod-identity/mic:v1.8.17`, or a copy of it in another registry with the flags of the program. */
function containerOf(workload: Workload, program: Sought['program']): Container | undefined {
  return workload.spec?.template?.spec?.containers?.find(({ image = '', command = [], args = [] }) => {
    if (!new RegExp(`(^|/)${program}(:|@|$)`).test(image)) return false;
    const words = [...command, ...args].join(' ');
    return image.includes('aad-pod-identity') || /--(cloudconfig|http-probe-port|node)\b/.test(words);
  });
}

/** MIC or NMI as its workload says it should be. */
export function setupOf({ program }: Sought, workload: Workload): ProgramSetup {
  const { name, namespace = USUAL_NAMESPACE } = workload.metadata;
  const { template, replicas = 1 } = workload.spec ?? {};
  const serviceAccount = template?.spec?.serviceAccountName ?? 'default';
  return { namespace, name, serviceAccount, replicas, ...started(containerOf(workload, program)) };
}

export async function withPods(
  cluster: KubeCluster,
  setup: ProgramSetup,
  workload: Workload,
  signal: AbortSignal,
): Promise<ProgramFact> {
  const labelSelector = selectorText(workload.spec?.selector);
  const { namespace } = setup;
  return { ...setup, pods: await cluster.list(kinds.pod, { namespace, labelSelector }, signal) };
}

function started({ image = '', command = [], args = [], env = [] }: Partial<Container> = {}): Pick<
  ProgramSetup,
  'image' | 'args' | 'env'
> {
  return {
    image,
    args: [...command, ...args],
    env: Object.fromEntries(env.map((each) => [each.name, each.value ?? ''])),
  };
}

const ANNOTATION = 'control-plane.alpha.kubernetes.io/leader';

export async function readLeader(
  cluster: KubeCluster,
  mic: ProgramSetup,
  signal: AbortSignal,
): Promise<LeaderFact | undefined> {
  const namespace = flag(mic, 'leader-election-namespace') ?? USUAL_NAMESPACE;
  const name = flag(mic, 'leader-election-name') ?? 'aad-pod-identity-mic';
  const found = await cluster.get(kinds.endpoints, { name, namespace }, signal);
  const { holderIdentity, renewTime } = fieldsOf(jsonFields(found?.metadata.annotations?.[ANNOTATION] ?? ''));
  if (typeof holderIdentity !== 'string' || holderIdentity === '') return undefined;
  const renewed = typeof renewTime === 'string' ? new Date(renewTime) : undefined;
  return { holder: holderIdentity, renewed };
}

/** Enough to hold the answer to the last requests, small enough for any agent. */
const LINES = 200;
const BYTES = 100_000;

/** What the program said before it ended, or what it says now where the node has forgotten that. */
export async function readCrash(
  cluster: KubeCluster,
  pods: readonly Pod[],
  signal: AbortSignal,
): Promise<LogFact | undefined> {
  const pod = pods.find(crashed);
  if (!pod) return undefined;
  try {
    return await readLog(cluster, pod, signal, true);
  } catch (error) {
    if (error instanceof DiagnosticError && error.diagnostic.code !== 'KUB004') return readLog(cluster, pod, signal);
    throw error;
  }
}

export async function readLog(cluster: KubeCluster, pod: Pod, signal: AbortSignal, previous = false): Promise<LogFact> {
  const { name, namespace = '' } = pod.metadata;
  const request = { namespace, pod: name, tailLines: LINES, limitBytes: BYTES, previous };
  const text = await cluster.logs(request, signal);
  return { pod: name, node: pod.spec?.nodeName ?? '', lines: text.split(/\r?\n/).filter((line) => line !== '') };
}
