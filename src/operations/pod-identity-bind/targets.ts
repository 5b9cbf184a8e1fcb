import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import { kinds } from '../../kube/kinds.ts';
import type { Pod } from '../../kube/shapes.ts';
import { count } from '../../runtime/text.ts';
import type { FoundWorkload } from './goals.ts';
import type { PodIdentityBindInputs } from './inputs.ts';
import type { WorkloadLine } from './workload-line.ts';

const HELM_RELEASE = 'meta.helm.sh/release-name';

const labelledKinds = [kinds.deployment, kinds.statefulSet, kinds.daemonSet] as const;

/** Reads every workload of the input. @throws DiagnosticError KUB015 with all lines that name nothing, before any write */
export async function findWorkloads(
  { workloads, namespace, mode }: PodIdentityBindInputs,
  cluster: KubeCluster,
  signal: AbortSignal,
): Promise<readonly FoundWorkload[]> {
  const found = await Promise.all(workloads.map((line) => findLine(line, namespace, cluster, signal)));
  const missing = workloads.filter((_, index) => found[index]?.length === 0).map(describeLine);
  // What is gone already needs no label taken away.
  if (missing.length > 0 && mode !== 'remove') {
    const message = `${count(missing.length, 'workload')} not found in namespace ${namespace} of cluster ${cluster.name}: ${missing.join(', ')}.`;
    throw new DiagnosticError('KUB015', { message });
  }
  const named = found.flat().map((each) => [`${each.kind.kind}/${each.object.metadata.name}`, each] as const);
  return [...new Map(named).values()];
}

async function findLine(
  line: WorkloadLine,
  namespace: string,
  cluster: KubeCluster,
  signal: AbortSignal,
): Promise<readonly FoundWorkload[]> {
  if (line.by === 'name') {
    const object = await cluster.get(line.kind, { name: line.name, namespace }, signal);
    return object ? [{ kind: line.kind, object }] : [];
  }
  // Helm marks what it made with an annotation, which no selector can ask for.
  const lists = await Promise.all(
    labelledKinds.map(async (kind) =>
      (await cluster.list(kind, { namespace }, signal)).map((object) => ({ kind, object })),
    ),
  );
  return lists.flat().filter(({ object }) => object.metadata.annotations?.[HELM_RELEASE] === line.release);
}

function describeLine(line: WorkloadLine): string {
  return line.by === 'release' ? `helm/${line.release}` : `${line.kind.kind.toLowerCase()}/${line.name}`;
}

/** Pods that run now and are not on their way out. @throws DiagnosticError KUB015 where the selector matches none */
export async function findPods(
  { pods: labelSelector, namespace, mode }: PodIdentityBindInputs,
  cluster: KubeCluster,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  if (labelSelector === undefined) return [];
  const pods = await cluster.list(kinds.pod, { namespace, labelSelector }, signal);
  const living = pods.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
  );
  if (living.length === 0 && mode !== 'remove') {
    const message = `No pod in namespace ${namespace} of cluster ${cluster.name} matches "${labelSelector}".`;
    throw new DiagnosticError('KUB015', { message });
  }
  return living;
}
