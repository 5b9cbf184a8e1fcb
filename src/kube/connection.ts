import type { AksCluster } from '../azure/aks-cluster.ts';
import type { AzureSession } from '../azure/session.ts';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { Budget } from '../runtime/budget.ts';
import type { Clock } from '../runtime/clock.ts';
import type { EndpointReader, Network } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import type { KubeCluster } from './cluster.ts';
import { aksKubeconfig } from './config/aks-credentials.ts';
import type { KubeconfigSource } from './config/kubeconfig.ts';
import { loadKubeconfig } from './config/kubeconfig.ts';
import { readKubernetesConnection } from './config/service-connection.ts';
import { DirectCluster } from './direct/direct-cluster.ts';
import type { BearerToken } from './direct/endpoint.ts';
import { openEndpoint } from './direct/endpoint.ts';

/** What opening a cluster needs; the services of an operation are one. */
export interface ClusterServices {
  readonly azure: AzureSession;
  readonly endpoints: EndpointReader;
  readonly network: Network;
  readonly mask: Mask;
  readonly clock: Clock;
  readonly budget: Budget;
}

export interface ClusterChoice {
  readonly cluster?: AksCluster | undefined;
  /** Id of a Kubernetes service connection; it wins over the credentials that Azure hands out. */
  readonly kubernetesServiceConnection?: string | undefined;
}

/**
 * Opens a cluster with the credentials of Azure or of a Kubernetes service connection. No request to the API server is
 * made yet. Secrets are masked and never written to a file.
 * Where the cluster signs in with Microsoft Entra, the identity of the Azure service connection does, without kubelogin.
 * @throws DiagnosticError KUB010, KUB011, AZR001
 */
export async function openCluster(services: ClusterServices, choice: ClusterChoice): Promise<KubeCluster> {
  const { network, clock, budget } = services;
  const { config, signInFor } = await loadKubeconfig(await kubeconfigOf(services, choice), services);
  const token = signInFor === undefined ? undefined : entraToken(services.azure, signInFor);
  const endpoint = await openEndpoint(config, { network, token });
  return new DirectCluster(choice.cluster?.name ?? endpoint.host, { endpoint, clock, budget });
}

/** Kept and renewed by the session. @throws DiagnosticError KUB010, or what Microsoft Entra refused */
function entraToken({ credential }: AzureSession, application: string): BearerToken {
  return async () => {
    const token = await credential.getToken(`${application}/.default`);
    if (token) return token.token;
    throw new DiagnosticError('KUB010', {
      message: `The service connection in azureSubscription gets no token for the API server (application ${application}).`,
    });
  };
}

async function kubeconfigOf(services: ClusterServices, choice: ClusterChoice): Promise<KubeconfigSource> {
  const { cluster, kubernetesServiceConnection } = choice;
  if (kubernetesServiceConnection !== undefined)
    return readKubernetesConnection(services.endpoints, kubernetesServiceConnection, services.mask);
  if (cluster) return aksKubeconfig(services.azure, cluster);
  throw new DiagnosticError('KUB011', {
    message: 'Neither an AKS cluster nor a Kubernetes service connection is given.',
  });
}
