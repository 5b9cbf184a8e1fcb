import type { AksCluster } from '../../azure/aks-cluster.ts';
import { requireIdentityCluster, requireKubernetesRbac } from '../../azure/aks-cluster.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import { sameIgnoringCase } from '../../runtime/text.ts';
import type { ActingPrincipal } from '../shared/preset-roles.ts';
import type { AksRoleGrantsInputs } from './inputs.ts';

/**
 * @throws DiagnosticError AKS001; AKS002 for a service principal without principalObjectId, or with `identity: kubelet`;
 * AKS005 for principalObjectId on a cluster with managed identities; AKS006 for the client id in its place
 */
export function actingPrincipal(
  cluster: AksCluster,
  { principalObjectId, identity }: Pick<AksRoleGrantsInputs, 'principalObjectId' | 'identity'>,
): ActingPrincipal {
  const { servicePrincipal, name, kubeletIdentity } = cluster;
  if (servicePrincipal === undefined) {
    if (principalObjectId === undefined) return requireIdentityCluster(cluster);
    const has = kubeletIdentity ? `the kubelet identity ${kubeletIdentity.name}` : 'managed identities';
    throw new DiagnosticError('AKS005', {
      message: `principalObjectId is ${principalObjectId}, but the cluster ${name} has ${has} and no service principal.`,
    });
  }
  requireKubernetesRbac(cluster);
  if (principalObjectId === undefined) return requireIdentityCluster(cluster);
  if (identity.by === 'kubelet') {
    throw new DiagnosticError('AKS002', {
      message: `The cluster ${name} runs with a service principal and has no kubelet identity that pods could use.`,
      fix: 'Name a user-assigned identity in the input identity; its roles go to that identity, the preset to the service principal.',
    });
  }
  const find = `az ad sp show --id ${servicePrincipal} --query id`;
  if (sameIgnoringCase(principalObjectId, servicePrincipal)) {
    throw new DiagnosticError('AKS006', {
      message: `principalObjectId is ${principalObjectId}, the client id of the service principal of ${name}.`,
      fix: `Set principalObjectId to what "${find}" prints.`,
    });
  }
  return {
    name: `service principal ${servicePrincipal}`,
    objectId: principalObjectId,
    hint: `Compare principalObjectId with what "${find}" prints: a client id, or the object id of an app registration, is not known as a principal.`,
  };
}
