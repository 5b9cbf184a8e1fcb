/** The clouds that a sandbox can be: names, audiences and issuers, as public documents and threads tell them. */

export type CloudName = 'AzureCloud' | 'AzureUSGovernment' | 'AzureChinaCloud' | 'AzureStack';

/** Names are host names, lower case. Sources stand in FIDELITY.md of `azure` and `entra`. */
export interface SandboxCloud {
  readonly name: CloudName;
  readonly resourceManager: string;
  /** What Resource Manager accepts, in the order in which its refusal lists them. */
  readonly resourceManagerAudiences: readonly string[];
  /** Entra's or ADFS's names; the first is the one to use. */
  readonly authorities: readonly [string, ...string[]];
  readonly identityProvider: 'entra' | 'adfs';
  /** Start of the issuer of access tokens; the tenant and a slash follow. */
  readonly issuer: string;
  readonly vaultSuffix: string;
  /** Exactly this: the same with a trailing slash is refused by the service, too. */
  readonly vaultAudience: string;
  readonly graph: string;
  /** Resource id of the older directory graph in service connections. */
  readonly directoryGraph: string;
  /** Of the id tokens that Azure DevOps issues for service connections to this cloud. */
  readonly federationAudience: string;
  /** API servers are `<prefix>.hcp.<location>.<suffix>`. */
  readonly clusterSuffix: string;
}

const stackDomain = 'local.azurestack.external';

const clouds: Readonly<Record<CloudName, SandboxCloud>> = {
  AzureCloud: {
    name: 'AzureCloud',
    resourceManager: 'management.azure.com',
    resourceManagerAudiences: bothWays('https://management.core.windows.net', 'https://management.azure.com'),
    authorities: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
    identityProvider: 'entra',
    issuer: 'https://sts.windows.net/',
    vaultSuffix: 'vault.azure.net',
    vaultAudience: 'https://vault.azure.net',
    graph: 'graph.microsoft.com',
    directoryGraph: 'https://graph.windows.net/',
    federationAudience: 'api://AzureADTokenExchange',
    clusterSuffix: 'azmk8s.io',
  },
  AzureUSGovernment: {
    name: 'AzureUSGovernment',
    resourceManager: 'management.usgovcloudapi.net',
    resourceManagerAudiences: bothWays(
      'https://management.core.usgovcloudapi.net',
      'https://management.usgovcloudapi.net',
    ),
    authorities: ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
    identityProvider: 'entra',
    issuer: 'https://sts.windows.net/',
    vaultSuffix: 'vault.usgovcloudapi.net',
    vaultAudience: 'https://vault.usgovcloudapi.net',
    graph: 'graph.microsoft.us',
    directoryGraph: 'https://graph.windows.net/',
    federationAudience: 'api://AzureADTokenExchangeUSGov',
    clusterSuffix: 'cx.aks.containerservice.azure.us',
  },
  AzureChinaCloud: {
    name: 'AzureChinaCloud',
    resourceManager: 'management.chinacloudapi.cn',
    resourceManagerAudiences: bothWays(
      'https://management.core.chinacloudapi.cn',
      'https://management.chinacloudapi.cn',
    ),
    authorities: ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
    identityProvider: 'entra',
    issuer: 'https://sts.chinacloudapi.cn/',
    vaultSuffix: 'vault.azure.cn',
    vaultAudience: 'https://vault.azure.cn',
    graph: 'microsoftgraph.chinacloudapi.cn',
    directoryGraph: 'https://graph.chinacloudapi.cn/',
    federationAudience: 'api://AzureADTokenExchangeChina',
    clusterSuffix: 'cx.prod.service.azk8s.cn',
  },
  AzureStack: {
    name: 'AzureStack',
    resourceManager: `management.${stackDomain}`,
    resourceManagerAudiences: ['https://management.adfs.azurestack.local/df01d4ba-f18b-458b-b4d6-4e83dd06bf24'],
    authorities: [`adfs.${stackDomain}`],
    identityProvider: 'adfs',
    issuer: `https://adfs.${stackDomain}/adfs/`,
    vaultSuffix: `vault.${stackDomain}`,
    vaultAudience: `https://vault.${stackDomain}`,
    graph: `graph.${stackDomain}`,
    directoryGraph: `https://graph.${stackDomain}/`,
    federationAudience: 'api://AzureADTokenExchange',
    clusterSuffix: `cloudapp.${stackDomain}`,
  },
};

/** As Resource Manager lists them. */
function bothWays(...resources: readonly string[]): readonly string[] {
  return resources.flatMap((resource) => [`${resource}/`, resource]);
}

export function cloudOf(name: CloudName): SandboxCloud {
  return clouds[name];
}

/** Those of every cloud with an Entra: its applications are the same everywhere, so a token for a foreign name is issued, too. */
export const entraClouds: readonly SandboxCloud[] = Object.values(clouds).filter(
  ({ identityProvider }) => identityProvider === 'entra',
);

/** Who issued an access token for this tenant. */
export function issuerOf(cloud: SandboxCloud, tenantId: string): string {
  return `${cloud.issuer}${tenantId}/`;
}

/** The authority of a client in this cloud: `https://login.microsoftonline.com`, `https://adfs.../adfs`. */
export function authorityOf(
  { authorities, identityProvider }: SandboxCloud,
  base = `https://${authorities[0]}`,
): string {
  return identityProvider === 'adfs' ? `${base}/adfs` : base;
}

/** Base addresses by the cloud's own names, for use behind the proxy. */
export function realAddresses(cloud: SandboxCloud): {
  readonly resourceManager: string;
  readonly activeDirectory: string;
} {
  return { resourceManager: `https://${cloud.resourceManager}`, activeDirectory: `https://${cloud.authorities[0]}` };
}
