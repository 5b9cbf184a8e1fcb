import type { AksCluster } from '../../azure/aks-cluster.ts';
import { requireIdentityCluster, requireOpenNodeGroup } from '../../azure/aks-cluster.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { KubeCluster } from '../../kube/cluster.ts';
import { kinds } from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/shapes.ts';
import { requireNotHelm } from './helm-release.ts';
import type { PodIdentityInstallInputs } from './inputs.ts';

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
export const POD_SECURITY = 'pod-security.kubernetes.io/enforce';

/**
 * Refuses a cluster on which standard mode cannot work or is not safe, before any request to its API server.
 * @throws DiagnosticError AKS001, AKS002, AKS003, POD002, POD004
 */
export function requireInstallable(
  cluster: AksCluster,
  { allowKubenet, installMode }: Pick<PodIdentityInstallInputs, 'allowKubenet' | 'installMode'>,
): void {
  requireIdentityCluster(cluster);
  // Without MIC nobody changes scale sets.
  if (installMode === 'standard') requireOpenNodeGroup(cluster);
  if (cluster.podIdentityAddon) {
    const fix = `Disable the add-on: az aks update --resource-group ${cluster.resourceGroup} --name ${cluster.name} --disable-pod-identity.`;
    throw new DiagnosticError('POD004', {
      message: `The cluster ${cluster.name} has the AKS add-on for AAD Pod Identity enabled.`,
      fix,
    });
  }
  if (cluster.networkPlugin.toLowerCase() === 'kubenet' && !allowKubenet) {
    throw new DiagnosticError('POD002', { message: `The cluster ${cluster.name} uses the network plugin kubenet.` });
  }
}

/** @throws DiagnosticError POD003 */
export function requirePrivileged(namespace: KubeObject | undefined): void {
  const level = namespace?.metadata.labels?.[POD_SECURITY];
  if (level !== 'baseline' && level !== 'restricted') return;
  const name = namespace?.metadata.name ?? '';
  throw new DiagnosticError('POD003', { message: `The namespace ${name} enforces the Pod Security level ${level}.` });
}

/**
 * Two MICs would fight over the scale sets, so an installation elsewhere is refused; and beside an NMI in managed mode
 * one MIC would take identities away that somebody else put there. @throws DiagnosticError POD014, POD020
 */
export async function requireNoOther(
  cluster: KubeCluster,
  { namespace, installMode }: Pick<PodIdentityInstallInputs, 'namespace' | 'installMode'>,
  signal: AbortSignal,
): Promise<void> {
  // Upstream's manifest and its Helm chart label the controller differently.
  const selectors = ['component=mic,k8s-app=aad-pod-id', 'app.kubernetes.io/component=mic'];
  const found = await Promise.all(
    selectors.map((labelSelector) => cluster.list(kinds.deployment, { labelSelector }, signal)),
  );
  const all = found.flat();
  requireNotHelm(all);
  if (installMode === 'managed' && all.some(({ metadata }) => isIn(metadata, namespace)))
    throw inStandardMode(namespace);
  const other = all.find(({ metadata }) => !isIn(metadata, namespace));
  if (!other) return;
  const where = `${other.metadata.name} in namespace ${other.metadata.namespace ?? ''}`;
  throw new DiagnosticError('POD014', {
    message: `AAD Pod Identity is installed already: its controller is the Deployment ${where}.`,
  });
}

function isIn(metadata: KubeObject['metadata'], namespace: string): boolean {
  return metadata.name === 'mic' && metadata.namespace === namespace;
}

function inStandardMode(namespace: string): DiagnosticError {
  return new DiagnosticError('POD014', {
    message: `mode is "managed", but AAD Pod Identity is installed in standard mode: MIC runs in namespace ${namespace}.`,
    cause: 'In managed mode there is no MIC; one that stays would take identities off the scale sets.',
    fix: 'Run this task with action: remove first, which lets MIC take its identities off the scale sets, then with mode: managed.',
  });
}
