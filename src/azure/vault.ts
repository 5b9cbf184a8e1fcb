import type { AccessPolicyEntry, Vault as ArmVault } from '@azure/arm-keyvault';
import { canonicalResourceId, parseResourceId } from './resource-id.ts';

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

/** A key vault as the grants need to know it. */
export interface Vault {
  readonly name: string;
  readonly resourceId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly tenantId: string;
  /** With a trailing slash, as Azure gives it once the name is registered. */
  readonly uri: string;
  readonly network: VaultNetwork;
  readonly model: 'rbac' | 'accessPolicy';
  /** In a vault with Azure RBAC they are kept and do not count. */
  readonly policies: readonly AccessPolicy[];
}

export interface VaultNetwork {
  readonly publicAccess: boolean;
  readonly defaultAllow: boolean;
  readonly ipRules: readonly string[];
  /** Subnets that are let in. */
  readonly subnets: readonly string[];
  readonly privateEndpoints: number;
}

/** ARM's answer with every absent field decided. */
export function describeVault({ id, name, properties }: ArmVault, subscriptionId: string): Vault {
  return {
    name: name ?? '',
    resourceId: canonicalResourceId(id ?? ''),
    subscriptionId,
    resourceGroup: parseResourceId(id ?? '')?.resourceGroup ?? '',
    tenantId: properties.tenantId,
    // Azure leaves the slash out while the name is being registered, and puts it there afterwards.
    uri: `${(properties.vaultUri ?? '').replace(/\/+$/, '')}/`,
    network: describeNetwork(properties),
    // Null means access policies: only vaults made with newer API versions say it outright.
    model: properties.enableRbacAuthorization === true ? 'rbac' : 'accessPolicy',
    policies: (properties.accessPolicies ?? []).map(describePolicy),
  };
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
    subnets: (networkAcls?.virtualNetworkRules ?? []).map(({ id }) => id),
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
