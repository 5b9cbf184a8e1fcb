import type { AzureSession } from '../../azure/session.ts';
import type { VaultChoice } from '../../azure/vault-lookup.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import type { Facts, ProofFact, Question, VaultFact } from '../facts.ts';
import { expectedIdentity } from './expected-identity.ts';
import { runProof } from './proof.ts';
import type { PodChoice } from './ready-pod.ts';
import { readyPod } from './ready-pod.ts';
import { vaultAccess } from './vault-access.ts';

export interface Ask {
  readonly question: Question;
  readonly pods: PodChoice;
  readonly vault: VaultChoice;
  readonly clientId: string | undefined;
  readonly expectedSha256: string | undefined;
}

export interface GatherContext {
  readonly cluster: KubeCluster;
  readonly azure: AzureSession;
  readonly now: Date;
  /** Milliseconds that one look may take. */
  readonly patience: number;
}

/** One look: pod, expected identity and proof; Azure is asked about the vault only when the vault said no. */
export async function gatherFacts(context: GatherContext, ask: Ask, signal: AbortSignal): Promise<Facts> {
  const { cluster, azure, now, patience } = context;
  const { question, clientId, expectedSha256 } = ask;
  const { namespace } = question;
  const pod = await readyPod(cluster, ask.pods, signal);
  if (!pod.found) return { question, pod, identity: undefined, proof: undefined, vault: undefined, now };
  const { bindingLabel } = pod;
  const [identity, proof] = await Promise.all([
    expectedIdentity(cluster, { clientId, namespace, bindingLabel }, signal),
    runProof(cluster, { question, pod, clientId, expectedSha256, patience }, signal),
  ]);
  return { question, pod, identity, proof, vault: await vaultOf(azure, ask, proof), now };
}

async function vaultOf(azure: AzureSession, ask: Ask, proof: ProofFact): Promise<VaultFact | undefined> {
  if (proof.state !== 'answered') return undefined;
  const { secret, token } = proof.answer;
  if (secret?.state !== 'refused' || secret.status !== 403) return undefined;
  const objectId = token?.state === 'given' ? token.objectId : undefined;
  return vaultAccess(azure, ask.vault, { objectId, secretName: ask.question.secretName });
}
