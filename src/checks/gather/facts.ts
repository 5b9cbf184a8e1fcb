import type { AzureSession } from '../../azure/session.ts';
import type { VaultChoice } from '../../azure/vault-lookup.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import type { Facts, PodFact, ProofFact, Question, VaultFact } from '../facts.ts';
import { inGroups } from '../../engine/groups.ts';
import type { Bindings } from './expected-identity.ts';
import { expectedIdentity, readBindings } from './expected-identity.ts';
import type { Probe, Probing } from './probe.ts';
import { askPod, isExhausted } from './probe.ts';
import type { PodChoice } from './ready-pod.ts';
import { findPods } from './ready-pod.ts';
import { vaultAccess } from './vault-access.ts';

export interface Ask {
  readonly question: Question;
  readonly pods: PodChoice;
  readonly vault: VaultChoice;
  readonly probe: Probe;
  /** Of an ephemeral container. */
  readonly probeImage: string;
  /** Pods that are asked at the same time. */
  readonly parallel: number;
  /** Whether failures that a fresh grant heals are waited for, too. */
  readonly retry: boolean;
  readonly clientId: string | undefined;
  readonly expectedSha256: string | undefined;
}

export interface GatherContext {
  readonly cluster: KubeCluster;
  readonly azure: AzureSession;
  readonly now: Date;
  readonly probing: Probing;
  /** Milliseconds that one look may take. */
  readonly patience: number;
}

/** What is done with one look at the pods. */
export interface Look {
  /** Whether the pod is to be asked (again). */
  isOpen(pod: PodFact): boolean;
  /** How many are asked now. */
  onPods(count: number): void;
  onFacts(facts: Facts): void;
}

/**
 * One look: pods, expected identity and proof; Azure is asked about the vault only when the vault said no. However many
 * pods there are, everything but the proof itself is asked once. Gives the pods that are there, asked or not.
 */
export async function gatherFacts(
  context: GatherContext,
  ask: Ask,
  look: Look,
  signal: AbortSignal,
): Promise<readonly PodFact[]> {
  const pods = await findPods(context.cluster, ask.pods, signal);
  const shared = sharedReads(context, ask, signal);
  const open = pods.filter((pod) => look.isOpen(pod));
  look.onPods(open.length);
  await inGroups(open, ask.parallel, async (pod) => {
    look.onFacts(await factsOf(pod, { context, ask, shared }, signal));
  });
  return pods;
}

interface Asking {
  readonly context: GatherContext;
  readonly ask: Ask;
  readonly shared: SharedReads;
}

async function factsOf(pod: PodFact, { context, ask, shared }: Asking, signal: AbortSignal): Promise<Facts> {
  const { cluster, now, patience, probing } = context;
  const { question, clientId, expectedSha256, probe, probeImage: image } = ask;
  const { sleep } = probing;
  if (!pod.found) return { question, pod, identity: undefined, proof: undefined, vault: undefined, now };
  const [identity, proof] = await Promise.all([
    expectedIdentity({ clientId, bindingLabel: pod.bindingLabel }, shared.bindings),
    askPod(cluster, { question, pod, clientId, expectedSha256, patience, probe, image, sleep, probing }, signal),
  ]);
  const vault = await vaultOf(proof, shared);
  return { question, pod, identity, proof, vault, now, lastLook: isExhausted(probing, pod.name) };
}

/** What is the same for all pods of a look, or for all of one identity. */
interface SharedReads {
  readonly bindings: () => Promise<Bindings>;
  readonly access: (objectId: string | undefined) => Promise<VaultFact>;
}

function sharedReads({ cluster, azure }: GatherContext, ask: Ask, signal: AbortSignal): SharedReads {
  let bindings: Promise<Bindings> | undefined;
  const access = new Map<string | undefined, Promise<VaultFact>>();
  const { namespace, secretName } = ask.question;
  return {
    bindings: () => (bindings ??= readBindings(cluster, namespace, signal)),
    access: (objectId) => {
      const asked = access.get(objectId) ?? vaultAccess(azure, ask.vault, { objectId, secretName });
      access.set(objectId, asked);
      return asked;
    },
  };
}

async function vaultOf(proof: ProofFact, shared: SharedReads): Promise<VaultFact | undefined> {
  if (proof.state !== 'answered') return undefined;
  const { secret, token } = proof.answer;
  if (secret?.state !== 'refused' || secret.status !== 403) return undefined;
  return shared.access(token?.state === 'given' ? token.objectId : undefined);
}
