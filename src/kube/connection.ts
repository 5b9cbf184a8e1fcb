import type { AksCluster } from '../azure/aks-cluster.ts';
import type { AzureSession } from '../azure/session.ts';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { RunObserver } from '../engine/events.ts';
import type { Budget } from '../runtime/budget.ts';
import type { Clock } from '../runtime/clock.ts';
import type { EndpointReader, Network } from '../runtime/ports.ts';
import type { Mask } from '../runtime/secret.ts';
import { ApiCluster } from './api-cluster.ts';
import type { KubeCluster } from './cluster.ts';
import { aksKubeconfig } from './config/aks-credentials.ts';
import type { KubeconfigSource } from './config/kubeconfig.ts';
import { loadKubeconfig } from './config/kubeconfig.ts';
import { readKubernetesConnection } from './config/service-connection.ts';
import { AKS_SERVER } from './config/entra-sign-in.ts';
import { directTransport } from './direct/direct-cluster.ts';
import type { BearerToken } from './direct/endpoint.ts';
import { openEndpoint } from './direct/endpoint.ts';
import { changingOver } from './run-command/change-over.ts';
import type { KubeTransport } from './transport.ts';

/** How the tasks talk to a cluster: by its API server, by Azure's run command, or by whichever leads there. */
export type ClusterAccess = 'auto' | 'direct' | 'runCommand';

/** What opening a cluster needs; the services of an operation are one. */
export interface ClusterServices {
  readonly azure: AzureSession;
  readonly endpoints: EndpointReader;
  readonly network: Network;
  readonly mask: Mask;
  readonly observer: RunObserver;
  readonly clock: Clock;
  readonly budget: Budget;
}

export interface ClusterChoice {
  readonly cluster?: AksCluster | undefined;
  /** Id of a Kubernetes service connection; it wins over the credentials that Azure hands out, and is always direct. */
  readonly kubernetesServiceConnection?: string | undefined;
  readonly clusterAccess?: ClusterAccess | undefined;
}

/**
 * Opens a cluster with the credentials of Azure or of a Kubernetes service connection. No request to the API server is
 * made yet. Secrets are masked and never written to a file.
 * Where the cluster signs in with Microsoft Entra, the identity of the Azure service connection does, without kubelogin.
 * @throws DiagnosticError KUB010, KUB011, KUB019, AZR001
 */
export async function openCluster(services: ClusterServices, choice: ClusterChoice): Promise<KubeCluster> {
  const { cluster, kubernetesServiceConnection, clusterAccess = 'auto' } = choice;
  const azures = kubernetesServiceConnection === undefined ? cluster : undefined;
  if (azures && clusterAccess === 'runCommand')
    return new ApiCluster(azures.name, await byRunCommand(services, azures));
  const { name, transport } = await direct(services, choice);
  if (!azures || clusterAccess === 'direct') return new ApiCluster(name, transport);
  const ways = { direct: transport, doubtful: azures.apiServerRestricted };
  return new ApiCluster(name, changingOver({ ...ways, otherwise: (error) => changeOver(services, azures, error) }));
}

interface Opened {
  readonly name: string;
  readonly transport: KubeTransport;
}

async function direct(services: ClusterServices, choice: ClusterChoice): Promise<Opened> {
  const { network, clock, budget } = services;
  const { config, signInFor } = await loadKubeconfig(await kubeconfigOf(services, choice), services);
  const token = signInFor === undefined ? undefined : entraToken(services.azure, signInFor);
  const endpoint = await openEndpoint(config, { network, token });
  return { name: choice.cluster?.name ?? endpoint.host, transport: directTransport({ endpoint, clock, budget }) };
}

/** The code for it is loaded where it is needed, which is seldom. @throws DiagnosticError KUB019 */
async function byRunCommand({ azure, clock, budget }: ClusterServices, cluster: AksCluster): Promise<KubeTransport> {
  if (cluster.runCommandDisabled) throw disabled(cluster);
  const [{ runCommandTransport }, { runInCluster }] = await Promise.all([
    import('./run-command/run-command-transport.ts'),
    import('./run-command/arm-command.ts'),
  ]);
  const token = cluster.entra ? entraToken(azure, AKS_SERVER) : undefined;
  const context = { azure, cluster, token, clock, budget };
  return runCommandTransport({ name: cluster.name, clock, run: (command) => runInCluster(command, context) });
}

async function changeOver(services: ClusterServices, cluster: AksCluster, error: unknown): Promise<KubeTransport> {
  if (cluster.runCommandDisabled) throw disabled(cluster, error);
  services.observer({
    type: 'note',
    text: `The API server of ${cluster.name} cannot be reached from here: the run command of Azure takes its place (clusterAccess: auto).`,
  });
  return byRunCommand(services, cluster);
}

function disabled({ name }: AksCluster, cause?: unknown): DiagnosticError {
  const unreachable = cause === undefined ? '' : ', and its API server cannot be reached from here';
  const message = `The cluster ${name} does not allow the run command (disableRunCommand)${unreachable}.`;
  return new DiagnosticError('KUB019', { message }, { cause });
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
