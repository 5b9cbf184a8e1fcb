import type { Ask } from '../../checks/gather/facts.ts';
import { describeFailure } from '../../diagnostics/failure.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { Proof } from '../../engine/walk.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import type { Services } from '../shared/services.ts';
import type { LookedAt } from './rounds.ts';
import { lookUntilSettled } from './rounds.ts';
import { rowOf, verdictOf } from './verdict.ts';

/** The proof from its first request to its outputs, which belong to every outcome. */
export async function prove(open: () => Promise<KubeCluster>, ask: Ask, services: Services): Promise<Proof> {
  let cluster: KubeCluster | undefined;
  try {
    cluster = await open();
    const found = await lookUntilSettled(cluster, ask, services);
    tellFound(found, services);
    return verdictOf(found);
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

function tellFound(found: readonly LookedAt[], { observer }: Services): void {
  if (found.some(({ facts: { proof } }) => proof?.state === 'answered' && proof.answer.exposed)) {
    const text =
      'wget of the container takes headers in its arguments only, so the token stood in the process list of the pod.';
    observer({ type: 'note', text });
  }
  for (const { facts } of found) {
    const { pod, proof } = facts;
    if (proof?.state !== 'answered' || proof.by === undefined || pod.name === undefined) continue;
    const text = `The container ${proof.by} has ended; Kubernetes keeps it in the list of the pod ${pod.name} until the pod goes.`;
    observer({ type: 'note', text });
  }
  observer({ type: 'pods', rows: found.map(rowOf) });
}
