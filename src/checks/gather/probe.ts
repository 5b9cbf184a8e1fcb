import type { KubeCluster } from '../../kube/cluster.ts';
import type { ProofFact } from '../facts.ts';
import type { EphemeralRequest } from './ephemeral-container.ts';
import { runInEphemeralContainer } from './ephemeral-container.ts';
import { runProof } from './proof.ts';

/** By what the pod is asked. `auto`: by exec, and where that cannot be, by an ephemeral container. */
export type Probe = 'auto' | 'exec' | 'ephemeralContainer';

/** Each of them stays in its pod. */
const MOST_CONTAINERS = 3;

/** What the probes of a run share. */
export interface Probing {
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly note: (text: string) => void;
  /** Ephemeral containers that this run has added, by pod. */
  readonly added: Map<string, number>;
}

export interface ProbeRequest extends EphemeralRequest {
  readonly probe: Probe;
  readonly probing: Probing;
}

export async function askPod(cluster: KubeCluster, request: ProbeRequest, signal: AbortSignal): Promise<ProofFact> {
  const { probe, expectedSha256, pod, probing } = request;
  if (probe === 'ephemeralContainer') return askByContainer(cluster, request, signal);
  const proof = await runProof(cluster, request, signal);
  const why = hindrance(proof);
  // What a container is started with stands in the pod: no place for a digest, even a salted one.
  if (probe === 'exec' || why === undefined || expectedSha256 !== undefined) return proof;
  const first = !probing.added.has(pod.name);
  if (first) probing.note(`The pod ${pod.name} is asked by an ephemeral container: ${why}.`);
  const second = await askByContainer(cluster, request, signal);
  if (second.state !== 'notAdded') return second;
  probing.note(`That is not possible: ${second.said}`);
  return proof;
}

async function askByContainer(cluster: KubeCluster, request: ProbeRequest, signal: AbortSignal): Promise<ProofFact> {
  const { pod, probing } = request;
  probing.added.set(pod.name, (probing.added.get(pod.name) ?? 0) + 1);
  return runInEphemeralContainer(cluster, request, signal);
}

/** Whether the pod may not be asked by one more container. */
export function isExhausted({ added }: Probing, pod: string): boolean {
  return (added.get(pod) ?? 0) >= MOST_CONTAINERS;
}

/** Why exec told nothing and never will; another probe may. */
function hindrance(proof: ProofFact): string | undefined {
  if (proof.state === 'noShell') return 'its container has no shell';
  if (proof.state === 'forbidden') return 'the connection may run no command in it';
  return proof.state === 'answered' && proof.answer.tool === 'none'
    ? 'its container has neither curl nor wget'
    : undefined;
}
