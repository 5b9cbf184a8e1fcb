/** The addresses of one Azure cloud. Everything that is not in the service connection comes from here and nowhere else. */
export interface Cloud {
  /** As service connections and az name it. */
  readonly name: string;
  /** Azure Resource Manager, without a trailing slash. */
  readonly resourceManager: string;
  /** What a token for Azure Resource Manager is asked for, without `/.default`. */
  readonly resourceManagerAudience: string;
  /** Who issues tokens, without a trailing slash; an ADFS authority ends in `/adfs`. */
  readonly authority: string;
  /** `adfs`: Azure Stack Hub that is not connected to Microsoft Entra. One directory, so no tenant in its addresses. */
  readonly identityProvider: 'entra' | 'adfs';
  /** Vaults are `https://<name>.<suffix>`. */
  readonly vaultSuffix: string;
  /** What a token for Key Vault is asked for. */
  readonly vaultAudience: string;
  /** The audience of assertions that Microsoft Entra of this cloud exchanges. */
  readonly federationAudience: string;
}

export const publicCloud = {
  name: 'AzureCloud',
  resourceManager: 'https://management.azure.com',
  resourceManagerAudience: 'https://management.azure.com',
  authority: 'https://login.microsoftonline.com',
  identityProvider: 'entra',
  vaultSuffix: 'vault.azure.net',
  vaultAudience: 'https://vault.azure.net',
  federationAudience: 'api://AzureADTokenExchange',
} as const satisfies Cloud;

/** Addresses as az (azure-cli-core cloud.py) and MSAL know them; federation audiences as the Entra documentation lists them. */
const clouds: readonly Cloud[] = [
  publicCloud,
  {
    name: 'AzureUSGovernment',
    resourceManager: 'https://management.usgovcloudapi.net',
    resourceManagerAudience: 'https://management.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
    identityProvider: 'entra',
    vaultSuffix: 'vault.usgovcloudapi.net',
    vaultAudience: 'https://vault.usgovcloudapi.net',
    federationAudience: 'api://AzureADTokenExchangeUSGov',
  },
  {
    name: 'AzureChinaCloud',
    resourceManager: 'https://management.chinacloudapi.cn',
    resourceManagerAudience: 'https://management.chinacloudapi.cn',
    authority: 'https://login.partner.microsoftonline.cn',
    identityProvider: 'entra',
    vaultSuffix: 'vault.azure.cn',
    vaultAudience: 'https://vault.azure.cn',
    federationAudience: 'api://AzureADTokenExchangeChina',
  },
];

/** Undefined for Azure Stack and every other cloud with addresses of its own. */
export function knownCloud(name: string): Cloud | undefined {
  return clouds.find((cloud) => cloud.name.toLowerCase() === name.toLowerCase());
}

/** Closed by Microsoft on 29 October 2021; service connections to it may still stand around. */
export function isRetiredCloud(name: string): boolean {
  return name.toLowerCase() === 'azuregermancloud';
}

/** Names that service connections still carry, and those under which Microsoft Entra's v2 endpoint is documented. */
const currentAuthorities: Readonly<Partial<Record<string, string>>> = {
  'login.windows.net': 'login.microsoftonline.com',
  'login.microsoft.com': 'login.microsoftonline.com',
  'sts.windows.net': 'login.microsoftonline.com',
  'login.usgovcloudapi.net': 'login.microsoftonline.us',
  'login.chinacloudapi.cn': 'login.partner.microsoftonline.cn',
};

/** The same authority under its present name. */
export function currentAuthority(authority: URL): URL {
  const host = currentAuthorities[authority.host];
  return host === undefined ? authority : new URL(authority.href.replace(authority.host, host));
}

/** A Stack that is connected to Microsoft Entra trusts what its Entra trusts. */
export function federationAudienceOf(authority: URL): string {
  const cloud = clouds.find((each) => new URL(each.authority).host === authority.host);
  return (cloud ?? publicCloud).federationAudience;
}

/** The host name of a vault; vault names are DNS names, so letter case does not count. */
export function vaultHost({ vaultSuffix }: Cloud, name: string): string {
  return `${name.toLowerCase()}.${vaultSuffix}`;
}
