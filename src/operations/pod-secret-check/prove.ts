import type { Ask } from '../../checks/gather/facts.ts';
import { gatherFacts } from '../../checks/gather/facts.ts';
import type { Facts } from '../../checks/facts.ts';
import type { Judged } from '../../checks/judge.ts';
import { judge } from '../../checks/judge.ts';
import { describeFailure } from '../../diagnostics/failure.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { Proof } from '../../engine/walk.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import type { Services } from '../shared/services.ts';

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 10_000;

/**
 * Looks until every check passes, or until waiting cannot help any more: what never heals ends it at once, what heals
 * in time has as long as its kind of failure and the budget allow.
 */
export async function prove(open: () => Promise<KubeCluster>, ask: Ask, services: Services): Promise<Proof> {
  let cluster: KubeCluster | undefined;
  try {
    cluster = await open();
    return describeProof(await lookUntilSettled(cluster, ask, services), services);
  } catch (error) {
    services.signal.throwIfAborted();
    if (!(error instanceof DiagnosticError)) throw error;
    // Outputs belong to every outcome: a later step reads failureCode whatever failed.
    const failure = describeFailure(error);
    return { checks: [], outputs: { outcome: 'failed', failureCode: failure.code, secretVersion: '' }, failure };
  } finally {
    cluster?.close();
  }
}

interface Settled extends Judged {
  readonly facts: Facts;
}

async function lookUntilSettled(cluster: KubeCluster, ask: Ask, services: Services): Promise<Settled> {
  const { azure, budget, clock, observer, signal } = services;
  let first: { readonly code: string; readonly at: number } | undefined;
  let said: string | undefined;
  let pause = FIRST_PAUSE;
  for (;;) {
    const context = { cluster, azure, now: clock.date(), patience: budget.remaining() };
    const facts = await gatherFacts(context, ask, signal);
    const judged = judge(facts);
    const { failure } = judged;
    if (!failure || failure.patience === 0) return { ...judged, facts };
    const { code, message } = failure.diagnostic;
    if (first?.code !== code) first = { code, at: clock.now() };
    const left = Math.min(budget.remaining(), first.at + failure.patience - clock.now());
    if (left <= 0) return { ...judged, facts };
    if (message !== said) {
      observer({ type: 'waiting', what: 'the proof', measured: `[${code}] ${message}` });
      said = message;
      pause = FIRST_PAUSE;
    }
    await clock.sleep(Math.min(pause, left), signal);
    pause = Math.min(pause * 1.5, LONGEST_PAUSE);
  }
}

function describeProof({ checks, failure, facts }: Settled, { observer }: Services): Proof {
  const { proof } = facts;
  const answer = proof?.state === 'answered' ? proof.answer : undefined;
  if (answer?.exposed) {
    const text =
      'wget of the container takes headers in its arguments only, so the token stood in the process list of the pod.';
    observer({ type: 'note', text });
  }
  const secretVersion = answer?.secret?.state === 'read' ? answer.secret.version : '';
  if (!failure) return { checks, outputs: { outcome: 'passed', failureCode: '', secretVersion } };
  const { diagnostic } = failure;
  return { checks, outputs: { outcome: 'failed', failureCode: diagnostic.code, secretVersion }, failure: diagnostic };
}
