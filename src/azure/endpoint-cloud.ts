import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import type { EndpointReader } from '../runtime/ports.ts';
import type { Cloud } from './cloud.ts';
import { currentAuthority, federationAudienceOf, isRetiredCloud, knownCloud, publicCloud } from './cloud.ts';
import type { CloudMetadata } from './cloud-metadata.ts';

/** Asks a cloud with addresses of its own for those that the service connection lacks. */
export type AskMetadata = (resourceManager: string) => Promise<CloudMetadata>;

/**
 * The cloud of a service connection. Its own data wins over the table: a connection may lead to a private endpoint, an
 * Azure Stack Hub or a cloud that nobody has heard of. Names of the data as Azure DevOps writes them (the endpoint type
 * AzureRM; read in azure-pipelines-tasks-common-packages, azure-arm-endpoint.ts).
 * @throws DiagnosticError CON001 for an address that is none, CON009 for a retired cloud or one without its addresses
 */
export async function readCloud(endpoints: EndpointReader, id: string, ask: AskMetadata): Promise<Cloud> {
  const name = given(endpoints.data(id, 'environment')) ?? publicCloud.name;
  if (isRetiredCloud(name)) {
    throw new DiagnosticError('CON009', {
      message: `The service connection in azureSubscription leads to ${name}, which Microsoft closed on 29 October 2021.`,
      fix: 'Use a service connection to the cloud that the subscription moved to.',
    });
  }
  const known = knownCloud(name);
  const stated = readStated(endpoints, id);
  return known ? withStated(known, stated) : ownCloud(name, stated, ask);
}

/** What the service connection says by itself; addresses are checked, and without trailing slashes unless they are audiences. */
interface Stated {
  readonly resourceManager: string | undefined;
  readonly resourceManagerAudience: string | undefined;
  readonly authority: string | undefined;
  readonly isAdfs: boolean;
  readonly vaultSuffix: string | undefined;
  readonly vaultAudience: string | undefined;
}

function readStated(endpoints: EndpointReader, id: string): Stated {
  const address = (what: string, text: string | undefined): string | undefined =>
    text === undefined ? undefined : withoutSlash(checkedAddress(what, text).href);
  const data = (key: string): string | undefined => given(endpoints.data(id, key));
  const authority = data('activeDirectoryAuthority') ?? data('environmentAuthorityUrl');
  return {
    resourceManager: address('server URL', given(endpoints.url(id)) ?? data('environmentUrl')),
    resourceManagerAudience: data('activeDirectoryServiceEndpointResourceId'),
    authority: address('authority', authority),
    isAdfs: data('enableAdfsAuthentication')?.toLowerCase() === 'true',
    // az writes it with a leading dot.
    vaultSuffix: data('AzureKeyVaultDnsSuffix')?.replace(/^\./, '').toLowerCase(),
    vaultAudience: data('AzureKeyVaultServiceEndpointResourceId'),
  };
}

function withStated(known: Cloud, stated: Stated): Cloud {
  return {
    ...known,
    resourceManager: stated.resourceManager ?? known.resourceManager,
    resourceManagerAudience: withoutSlash(stated.resourceManagerAudience ?? known.resourceManagerAudience),
    authority: withoutSlash(currentAuthority(new URL(stated.authority ?? known.authority)).href),
    vaultSuffix: stated.vaultSuffix ?? known.vaultSuffix,
    vaultAudience: withoutSlash(stated.vaultAudience ?? known.vaultAudience),
  };
}

async function ownCloud(name: string, stated: Stated, ask: AskMetadata): Promise<Cloud> {
  const { resourceManager } = stated;
  if (resourceManager === undefined) throw incomplete(name, 'the address of its Azure Resource Manager');
  const { authority: login, resourceManagerAudience: audience } = await completed(resourceManager, stated, ask);
  const authority = currentAuthority(checkedAddress('authority', login));
  // ADFS has one directory, and the name of its application as the path; the flag alone may be missing or left at its default.
  const isAdfs = stated.isAdfs || /\/adfs$/i.test(withoutSlash(authority.pathname));
  const domain = new URL(resourceManager).hostname.replace(/^[^.]+\./, '');
  return {
    name,
    resourceManager,
    // ADFS compares audiences letter for letter.
    resourceManagerAudience: isAdfs ? audience : withoutSlash(audience),
    authority: isAdfs ? withAdfs(authority) : withoutSlash(authority.href),
    identityProvider: isAdfs ? 'adfs' : 'entra',
    // As Azure Stack Hub lays its names out: management.<domain>, vault.<domain>.
    vaultSuffix: stated.vaultSuffix ?? `vault.${domain}`,
    vaultAudience: stated.vaultAudience ?? `https://vault.${domain}`,
    federationAudience: federationAudienceOf(authority),
  };
}

async function completed(
  resourceManager: string,
  { authority, resourceManagerAudience }: Stated,
  ask: AskMetadata,
): Promise<CloudMetadata> {
  if (authority !== undefined && resourceManagerAudience !== undefined) return { authority, resourceManagerAudience };
  const metadata = await ask(resourceManager);
  return {
    authority: authority ?? metadata.authority,
    resourceManagerAudience: resourceManagerAudience ?? metadata.resourceManagerAudience,
  };
}

function withAdfs(authority: URL): string {
  const address = withoutSlash(authority.href);
  return /\/adfs$/i.test(address) ? address : `${address}/adfs`;
}

function checkedAddress(what: string, text: string): URL {
  if (URL.canParse(text) && new URL(text).protocol === 'https:') return new URL(text);
  throw new DiagnosticError('CON001', {
    message: `The service connection in azureSubscription cannot be used: its ${what} "${text.slice(0, 200)}" is no https address.`,
  });
}

function incomplete(name: string, what: string): DiagnosticError {
  return new DiagnosticError('CON009', {
    message: `The service connection in azureSubscription leads to the cloud ${name} and does not say ${what}.`,
    fix: 'Verify the service connection in the project settings: a cloud of its own needs its server URL there.',
  });
}

/** The form of a service connection leaves fields empty that nobody filled. */
function given(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
