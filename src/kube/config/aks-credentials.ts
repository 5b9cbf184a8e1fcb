import type { CredentialResults } from '@azure/arm-containerservice';
import type { AksCluster } from '../../azure/aks-cluster.ts';
import { armFailure, armRefusal } from '../../azure/arm-error.ts';
import type { AzureSession } from '../../azure/session.ts';
import { clientOptions } from '../../azure/session.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { KubeconfigSource } from './kubeconfig.ts';

/**
 * The kubeconfig that Azure hands out: the user's, or the administrator's where the connection may only ask for that.
 * Where the cluster signs in with Microsoft Entra, the user's holds no credential, only for which application to get a token.
 * @throws DiagnosticError AZR001 without either permission
 */
export async function aksKubeconfig(session: AzureSession, cluster: AksCluster): Promise<KubeconfigSource> {
  const { createContainerService } = await import('@azure/arm-containerservice/api');
  const api = await import('@azure/arm-containerservice/api/managedClusters');
  const context = createContainerService(session.credential, cluster.subscriptionId, clientOptions(session));
  const host = new URL(session.connection.cloud.resourceManager).host;
  const doing = `get credentials for the cluster ${cluster.name} in resource group ${cluster.resourceGroup}`;
  try {
    const results = await api.listClusterUserCredentials(context, cluster.resourceGroup, cluster.name);
    return source(results, cluster);
  } catch (error) {
    // Without local accounts there is no administrator's.
    if (armRefusal(error)?.status !== 403 || cluster.localAccountsDisabled) throw armFailure(error, doing, host);
    try {
      return source(await api.listClusterAdminCredentials(context, cluster.resourceGroup, cluster.name), cluster);
    } catch {
      // The user's credential is the smaller permission, so that is the one to ask for.
      throw armFailure(error, doing, host);
    }
  }
}

function source({ kubeconfigs }: CredentialResults, { name }: AksCluster): KubeconfigSource {
  const value = kubeconfigs?.[0]?.value;
  const origin = `the kubeconfig that Azure handed out for the cluster ${name}`;
  if (!value) throw new DiagnosticError('KUB011', { message: `Cannot use ${origin}: it is empty.` });
  return { text: Buffer.from(value).toString('utf8'), origin };
}
