import type { AksCluster } from '../../azure/aks-cluster.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { RunMode } from '../../engine/events.ts';

/**
 * Grants are made in Azure, so a cluster that is stopped, failed or being changed takes them as any other; what a
 * reader should know of its state is the note that this gives. Only a cluster that is being deleted takes its
 * identities with it. @throws DiagnosticError AKS004
 */
export function grantableState(cluster: AksCluster, mode: RunMode): string | undefined {
  const { name, powerState, provisioningState } = cluster;
  if (provisioningState === 'Deleting' && mode !== 'remove') {
    throw new DiagnosticError('AKS004', {
      message: `The cluster ${name} is being deleted, and its identities with it: a grant would be orphaned at once.`,
    });
  }
  const states = [
    ...(powerState === 'Stopped' ? ['is stopped'] : []),
    ...(['', 'Succeeded'].includes(provisioningState) ? [] : [`has the provisioning state ${provisioningState}`]),
  ];
  if (states.length === 0) return undefined;
  return `Cluster ${name} ${states.join(' and ')}. That does not matter here: grants are made in Azure, for the identities that it has now.`;
}
