import { createHash, randomBytes } from 'node:crypto';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { ExecResult, KubeCluster } from '../../kube/cluster.ts';
import { kubeRefusal } from '../../kube/refusal.ts';
import type { PodFact, ProofFact, Question } from '../facts.ts';
import { parseProof } from './proof-answer.ts';
import { proofScript } from './proof-script/index.ts';

export interface ProofRequest {
  readonly question: Pick<Question, 'namespace' | 'vaultHost' | 'vaultAudience' | 'secretName' | 'secretVersion'>;
  readonly pod: PodFact & { readonly found: true };
  readonly clientId: string | undefined;
  /** 64 lower-case hexadecimal digits. */
  readonly expectedSha256: string | undefined;
  /** Milliseconds that the token request may take: NMI waits up to 100 s for MIC before it says no. */
  readonly patience: number;
}

const LONGEST_TOKEN_SECONDS = 110;

/** Runs the proof in the pod. What it prints is text from outside; only the parsed answer goes on. */
export async function runProof(cluster: KubeCluster, request: ProofRequest, signal: AbortSignal): Promise<ProofFact> {
  const { pod } = request;
  const { namespace } = request.question;
  try {
    const command = proofCommand(request);
    const timeout = (tokenSeconds(request) + 90) * 1000;
    const result = await cluster.exec({ namespace, pod: pod.name, container: pod.container, command, timeout }, signal);
    return readResult(result);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DiagnosticError)) throw error;
    if (kubeRefusal(error)?.code === 403) return { state: 'forbidden', said: error.diagnostic.fix };
    return { state: 'broken', said: error.diagnostic.detail ?? error.message };
  }
}

export function tokenSeconds({ patience }: ProofRequest): number {
  return Math.max(10, Math.min(LONGEST_TOKEN_SECONDS, Math.floor(patience / 1000)));
}

/** Program and arguments of the proof. */
export function proofCommand(request: ProofRequest): readonly string[] {
  return ['sh', '-c', proofScript, 'sh', ...proofArguments(request, tokenSeconds(request))];
}

function proofArguments(request: ProofRequest, seconds: number): readonly string[] {
  const { question, clientId, expectedSha256 } = request;
  const { vaultHost, vaultAudience, secretName, secretVersion } = question;
  const version = secretVersion === undefined ? '' : `/${secretVersion}`;
  // Arguments of an exec stand in the audit log of the cluster: the digest goes there only mixed with a nonce.
  const nonce = randomBytes(16).toString('hex');
  const salted =
    expectedSha256 === undefined ? '' : createHash('sha256').update(`${nonce}:${expectedSha256}`).digest('hex');
  const resource = encodeURIComponent(vaultAudience);
  return [vaultHost, `/secrets/${secretName}${version}`, clientId ?? '', nonce, salted, String(seconds), resource];
}

export function readResult({ stdout, stderr, failure }: ExecResult): ProofFact {
  const answer = parseProof(stdout);
  if (answer) return { state: 'answered', answer };
  const said = (failure ?? stderr).replaceAll(/\s+/g, ' ').slice(0, 300);
  const noShell = /executable file not found|no such file or directory|exec format error/i.test(failure ?? '');
  return noShell ? { state: 'noShell', said } : { state: 'broken', said };
}
