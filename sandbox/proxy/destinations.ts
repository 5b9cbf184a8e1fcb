/** Which of the sandbox's servers stands behind a name: its cloud's real names, and the sandbox's own addresses. */
import type { SandboxCloud } from '../clouds.ts';

export interface Destination {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly tls: boolean;
}

/** Undefined for every name that is not imitated: nothing ever leaves the machine. */
export type Destinations = (host: string, port: number) => Destination | undefined;

export interface KnownServers {
  readonly entra: number;
  readonly resourceManager: number;
  readonly keyVault: number;
  readonly azureDevOps: number;
  /** Every port of the sandbox that may be reached as localhost, with what it speaks. */
  readonly own: ReadonlyMap<number, { readonly tls: boolean }>;
}

/** Azure DevOps is the same for every cloud. */
const azureDevOpsNames = ['vstoken.dev.azure.com', 'dev.azure.com'];

/** Certificates of the sandbox's servers carry these names. */
export function certificateNames(cloud: SandboxCloud): readonly string[] {
  const { resourceManager, authorities, graph, vaultSuffix, clusterSuffix } = cloud;
  const clusters = [`*.${clusterSuffix}`, `*.hcp.westeurope.${clusterSuffix}`];
  return [resourceManager, ...authorities, graph, ...azureDevOpsNames, `*.${vaultSuffix}`, ...clusters];
}

/** `servers` is asked for every request, because clusters and ports come while the sandbox starts. */
export function destinationsOf(cloud: SandboxCloud, servers: () => KnownServers): Destinations {
  return (host, port) => {
    const name = host.toLowerCase().replace(/\.$/, '');
    const { own, ...azure } = servers();
    if (['localhost', '127.0.0.1'].includes(name)) {
      const server = own.get(port);
      return server && { port, tls: server.tls };
    }
    const server = port === 443 ? azureServer(cloud, name) : undefined;
    return server && { port: azure[server], tls: true };
  };
}

function azureServer(cloud: SandboxCloud, name: string): Exclude<keyof KnownServers, 'own'> | undefined {
  // Graph is answered by the Resource Manager server, which tells hosts apart.
  if (name === cloud.resourceManager || name === cloud.graph) return 'resourceManager';
  if (cloud.authorities.includes(name)) return 'entra';
  if (azureDevOpsNames.includes(name)) return 'azureDevOps';
  const isVault =
    name.endsWith(`.${cloud.vaultSuffix}`) && /^[a-z0-9-]+$/.test(name.slice(0, -cloud.vaultSuffix.length - 1));
  return isVault ? 'keyVault' : undefined;
}
