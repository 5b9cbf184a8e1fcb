/** Which of the sandbox's servers stands behind a name: Azure's real names, and the sandbox's own addresses. */

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

/** Certificates of the sandbox's servers carry these names. */
export const azureNames = [
  'management.azure.com',
  'login.microsoftonline.com',
  'login.windows.net',
  'login.microsoft.com',
  'sts.windows.net',
  'graph.microsoft.com',
  'vstoken.dev.azure.com',
  'dev.azure.com',
  '*.vault.azure.net',
  '*.azmk8s.io',
  '*.hcp.westeurope.azmk8s.io',
];

const entraNames = ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'];

/** `servers` is asked for every request, because clusters and ports come while the sandbox starts. */
export function destinationsOf(servers: () => KnownServers): Destinations {
  return (host, port) => {
    const name = host.toLowerCase().replace(/\.$/, '');
    const { own, ...azure } = servers();
    if (['localhost', '127.0.0.1'].includes(name)) {
      const server = own.get(port);
      return server && { port, tls: server.tls };
    }
    const server = port === 443 ? azureServer(name) : undefined;
    return server && { port: azure[server], tls: true };
  };
}

function azureServer(name: string): Exclude<keyof KnownServers, 'own'> | undefined {
  // Graph is answered by the Resource Manager server, which tells hosts apart (and says what it does not imitate).
  if (name === 'management.azure.com' || name === 'graph.microsoft.com') return 'resourceManager';
  if (entraNames.includes(name)) return 'entra';
  if (name === 'vstoken.dev.azure.com' || name === 'dev.azure.com') return 'azureDevOps';
  return /^[a-z0-9-]+\.vault\.azure\.net$/.test(name) ? 'keyVault' : undefined;
}
