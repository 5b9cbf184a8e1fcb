import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js';
import { trusted } from '../../azure/tls-options.ts';
import { DiagnosticError } from '../../diagnostics/diagnostic.ts';
import type { Network } from '../../runtime/ports.ts';
import type { Mask } from '../../runtime/secret.ts';
import { Secret } from '../../runtime/secret.ts';
import { AKS_SERVER, signsInFor } from './entra-sign-in.ts';

export interface KubeconfigSource {
  readonly text: string;
  /** As messages name it: `the kubeconfig that Azure handed out for aks-1`. */
  readonly origin: string;
  /** A context other than the current one. */
  readonly context?: string | undefined;
}

export interface LoadedKubeconfig {
  readonly config: KubeConfig;
  /** Where the user signs in with Microsoft Entra: the application to get a token for. */
  readonly signInFor?: string | undefined;
}

/**
 * Loads a kubeconfig without running anything that it names and without reading any file.
 * @throws DiagnosticError KUB010 for a sign-in that is not AKS's, KUB011 for everything else that cannot be used
 */
export async function loadKubeconfig(
  { text, origin, context }: KubeconfigSource,
  { network, mask }: { readonly network: Network; readonly mask: Mask },
): Promise<LoadedKubeconfig> {
  const config = await parse(text, origin);
  if (context !== undefined) config.setCurrentContext(context);
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  if (!cluster) throw unusable(origin, `its context "${config.getCurrentContext()}" names no cluster`);
  if (!user) throw unusable(origin, `its context "${config.getCurrentContext()}" names no user`);
  const signInFor = signsInFor(user);
  if (signInFor === undefined) refusePlugins(user, origin);
  else refuseOtherApplications(signInFor, origin);
  refuseFiles(cluster, user, origin);
  if (!cluster.server.startsWith('https://')) throw unusable(origin, `its server ${cluster.server} is not https`);
  registerSecrets(user, mask);
  config.clusters = config.clusters.map((each) => (each === cluster ? withAuthority(each, network) : each));
  if (signInFor === undefined) return { config };
  // Without its plugin, which the client library would run.
  config.users = config.users.map((each) => (each === user ? { name: user.name } : each));
  return { config, signInFor };
}

async function parse(text: string, origin: string): Promise<KubeConfig> {
  const [{ KubeConfig }, { load }] = await Promise.all([
    import('@kubernetes/client-node/dist/config.js'),
    import('js-yaml'),
  ]);
  const config = new KubeConfig();
  try {
    refuseTokenFiles(load(text), origin);
    config.loadFromString(text);
  } catch (error) {
    if (error instanceof DiagnosticError) throw error;
    // The parser quotes the line that it cannot read, and any line may be a key.
    throw unusable(origin, 'it is no valid kubeconfig (YAML with clusters, users and contexts)');
  }
  return config;
}

/** The client library reads this file while it loads a kubeconfig, so it must be caught before. */
function refuseTokenFiles(parsed: unknown, origin: string): void {
  const { users } = parsed as { readonly users?: readonly { readonly user?: Readonly<Record<string, unknown>> }[] };
  const named = users?.some(({ user }) => ['token-file', 'tokenFile'].some((key) => user?.[key] !== undefined));
  if (named) throw unusable(origin, 'it names a token file on the agent');
}

function refusePlugins({ exec, authProvider }: User, origin: string): void {
  const provider = (authProvider as { readonly name?: string } | null | undefined)?.name;
  const command = (exec as { readonly command?: string } | null | undefined)?.command;
  if (command !== undefined)
    throw unusable(origin, `it wants to run the program ${command} (exec plugin), which the task never does`);
  if (provider !== undefined)
    throw unusable(origin, `it uses the auth provider ${provider}, which runs or reads something on the agent`);
}

/** A token for any other application, Azure Resource Manager's say, is nothing to send to a server that a file names. */
function refuseOtherApplications(application: string, origin: string): void {
  if (application === AKS_SERVER) return;
  throw new DiagnosticError('KUB010', {
    message: `In ${origin} the user signs in for the application ${application}, which is not that of AKS (${AKS_SERVER}).`,
    cause:
      'The cluster was made for an application of its own (legacy Microsoft Entra integration), or the kubeconfig is for something else.',
    fix: 'Move the cluster to AKS-managed Microsoft Entra integration (az aks update --enable-aad), or use a Kubernetes service connection of type "Service Account".',
  });
}

function refuseFiles({ caFile }: Cluster, { certFile, keyFile }: User, origin: string): void {
  const file = [caFile, certFile, keyFile].find((each) => each !== undefined && (each as string | null) !== null);
  if (file !== undefined) throw unusable(origin, `it names a file of the agent (${file}) instead of inline data`);
}

function registerSecrets({ token, password, keyData }: User, mask: Mask): void {
  for (const value of [token, password, keyData]) {
    if (value !== undefined && (value as string | null) !== null) Secret.register(value, mask);
  }
  if (keyData) Secret.register(Buffer.from(keyData, 'base64').toString('utf8'), mask);
}

/** The agent's certificate authority, where the kubeconfig brings none of its own. */
function withAuthority(cluster: Cluster, { certificateAuthority }: Network): Cluster {
  if (cluster.caData || certificateAuthority === undefined) return cluster;
  return { ...cluster, caData: Buffer.from(trusted(certificateAuthority).join('\n')).toString('base64') };
}

function unusable(origin: string, why: string): DiagnosticError {
  return new DiagnosticError('KUB011', { message: `Cannot use ${origin}: ${why}.` });
}
