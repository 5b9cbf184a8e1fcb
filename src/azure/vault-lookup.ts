import type { KeyVaultManagementContext } from '@azure/arm-keyvault/api';
import type { AccessPolicyEntry, Vault as ArmVault } from '@azure/arm-keyvault';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';
import { listOf, sameIgnoringCase } from '../runtime/text.ts';
import { armFailure, armRefusal } from './arm-error.ts';
import { canonicalResourceId, parseResourceId } from './resource-id.ts';
import type { AzureSession } from './session.ts';
import { clientOptions } from './session.ts';

/** One entry of a vault's access policies; permission names are lower case. */
export interface AccessPolicy {
  readonly objectId: string;
  /** Set on a compound entry (user and application together): it never matches a managed identity. */
  readonly applicationId?: string;
  readonly secrets: readonly string[];
  readonly keys: readonly string[];
  readonly certificates: readonly string[];
  readonly storage: readonly string[];
}

/** A key vault by its permission model. */
export type Vault = {
  readonly name: string;
  readonly resourceId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly tenantId: string;
  /** With a trailing slash, as Azure gives it once the name is registered. */
  readonly uri: string;
  readonly network: VaultNetwork;
} & ({ readonly model: 'rbac' } | { readonly model: 'accessPolicy'; readonly policies: readonly AccessPolicy[] });

export interface VaultNetwork {
  readonly publicAccess: boolean;
  readonly defaultAllow: boolean;
  readonly ipRules: readonly string[];
  readonly privateEndpoints: number;
}

/** How the input `keyVault` names a vault. */
export type VaultChoice =
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'group'; readonly resourceGroup: string; readonly name: string; readonly subscriptionId?: string };

const VAULT_NAME = /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/;

/** A name, `resourceGroup/name` or a resource id; undefined where it is none of them. */
export function parseVaultChoice(text: string): VaultChoice | undefined {
  if (text.startsWith('/')) {
    const id = parseResourceId(text);
    if (!id || !sameIgnoringCase(id.type, 'Microsoft.KeyVault/vaults')) return undefined;
    return { by: 'group', resourceGroup: id.resourceGroup, name: id.name, subscriptionId: id.subscriptionId };
  }
  const [first = '', second, ...more] = text.split('/');
  if (more.length > 0 || !VAULT_NAME.test(second ?? first)) return undefined;
  return second === undefined ? { by: 'name', name: first } : { by: 'group', resourceGroup: first, name: second };
}

/**
 * Finds the vault; a bare name is unique in Azure and is looked for in the connection's subscription.
 * @throws DiagnosticError KVT001 when there is none
 */
export async function findVault(session: AzureSession, choice: VaultChoice): Promise<Vault> {
  const subscriptionId = (choice.by === 'group' ? choice.subscriptionId : undefined) ?? session.subscriptionId;
  const { createKeyVaultManagement } = await import('@azure/arm-keyvault/api');
  const context = createKeyVaultManagement(session.credential, subscriptionId, clientOptions(session));
  try {
    if (choice.by === 'name') return await findByName(context, choice.name, subscriptionId);
    const { get } = await import('@azure/arm-keyvault/api/vaults');
    return describeVault(await get(context, choice.resourceGroup, choice.name), subscriptionId);
  } catch (error) {
    if (armRefusal(error)?.status === 404) throw missing(`${choice.name} does not exist`, subscriptionId, error);
    throw armFailure(
      error,
      `read the key vault ${choice.name}`,
      new URL(session.connection.cloud.resourceManager).host,
    );
  }
}

async function findByName(context: KeyVaultManagementContext, name: string, subscriptionId: string): Promise<Vault> {
  const { listBySubscription } = await import('@azure/arm-keyvault/api/vaults');
  const names: string[] = [];
  for await (const vault of listBySubscription(context)) {
    if (sameIgnoringCase(vault.name ?? '', name)) return describeVault(vault, subscriptionId);
    names.push(vault.name ?? '');
  }
  const seen = names.length === 0 ? 'no vault at all is visible' : `visible: ${listOf(names.slice(0, 10))}`;
  throw missing(`${name} was not found (${seen})`, subscriptionId);
}

function missing(what: string, subscriptionId: string, cause?: unknown): DiagnosticError {
  return new DiagnosticError(
    'KVT001',
    { message: `The key vault ${what} in subscription ${subscriptionId}.` },
    { cause },
  );
}

function describeVault({ id, name, properties }: ArmVault, subscriptionId: string): Vault {
  const common = {
    name: name ?? '',
    resourceId: canonicalResourceId(id ?? ''),
    subscriptionId,
    resourceGroup: parseResourceId(id ?? '')?.resourceGroup ?? '',
    tenantId: properties.tenantId,
    // Azure leaves the slash out while the name is being registered, and puts it there afterwards.
    uri: `${(properties.vaultUri ?? '').replace(/\/+$/, '')}/`,
    network: describeNetwork(properties),
  };
  // Null means access policies: only vaults made with newer API versions say it outright.
  if (properties.enableRbacAuthorization === true) return { ...common, model: 'rbac' };
  return { ...common, model: 'accessPolicy', policies: (properties.accessPolicies ?? []).map(describePolicy) };
}

function describeNetwork({
  networkAcls,
  publicNetworkAccess,
  privateEndpointConnections,
}: ArmVault['properties']): VaultNetwork {
  return {
    publicAccess: (publicNetworkAccess ?? 'Enabled').toLowerCase() === 'enabled',
    defaultAllow: (networkAcls?.defaultAction ?? 'Allow') === 'Allow',
    ipRules: (networkAcls?.ipRules ?? []).map(({ value }) => value),
    privateEndpoints: privateEndpointConnections?.length ?? 0,
  };
}

function describePolicy({ objectId, applicationId, permissions }: AccessPolicyEntry): AccessPolicy {
  const lower = (names: readonly string[] | undefined): string[] => (names ?? []).map((name) => name.toLowerCase());
  return {
    objectId,
    ...(applicationId === undefined ? {} : { applicationId }),
    secrets: lower(permissions.secrets),
    keys: lower(permissions.keys),
    certificates: lower(permissions.certificates),
    storage: lower(permissions.storage),
  };
}
