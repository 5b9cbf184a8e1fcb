/** What a PUT or PATCH of a vault says, checked; az writes back the whole vault that it read. */
import type { AccessPolicy } from '../state/access-policies.ts';
import type { VaultSettings } from '../state/vault-settings.ts';
import type { Vault } from '../state/vaults.ts';
import { ArmRefusal } from './refusal.ts';
import { readPolicyList } from './vault-access-policies.ts';

/** Undefined: the request does not say. Null counts as not said, as ARM takes it. */
export interface VaultRequest {
  readonly policies: readonly AccessPolicy[] | undefined;
  readonly rbac: boolean | undefined;
  readonly publicNetworkAccess: Vault['spec']['publicNetworkAccess'] | undefined;
  readonly networkAcls: Vault['spec']['networkAcls'];
  readonly softDeleteRetentionInDays: number | undefined;
  readonly purgeProtection: boolean | undefined;
  readonly settings: Partial<VaultSettings>;
  /** Not sent with PATCH. */
  readonly tenantId: string | undefined;
  /** What the request asks for and the sandbox does not imitate. */
  readonly unknown: string | undefined;
}

type Properties = Readonly<Record<string, unknown>>;

/** `createMode: recover` brings a deleted vault back. */
export function isRecovery(body: unknown): boolean {
  return propertiesOf(body)['createMode'] === 'recover';
}

function propertiesOf(body: unknown): Properties {
  return ((body ?? {}) as { readonly properties?: Properties }).properties ?? {};
}

/** `tenantId`: of the vault, which every policy must name. @throws ArmRefusal 400 */
export function readVault(body: unknown, tenantId: string): VaultRequest {
  const properties = propertiesOf(body);
  const given = (name: string): unknown => properties[name] ?? undefined;
  const policies = given('accessPolicies');
  return {
    policies: policies === undefined ? undefined : readPolicyList(policies, tenantId),
    rbac: boolean(properties, 'enableRbacAuthorization'),
    publicNetworkAccess: oneOf(properties, 'publicNetworkAccess', ['Enabled', 'Disabled']),
    networkAcls: readNetwork(given('networkAcls')),
    softDeleteRetentionInDays: readDays(given('softDeleteRetentionInDays')),
    purgeProtection: boolean(properties, 'enablePurgeProtection'),
    settings: readSettings(properties),
    tenantId: text(properties, 'tenantId'),
    unknown: unknownIn(properties, tenantId),
  };
}

function unknownIn(properties: Properties, tenantId: string): string | undefined {
  const { networkAcls } = properties as { readonly networkAcls?: { readonly virtualNetworkRules?: unknown } | null };
  const rules = networkAcls?.virtualNetworkRules;
  if (Array.isArray(rules) && rules.length > 0) return 'virtual network rules of vaults';
  const wanted = text(properties, 'tenantId') ?? tenantId;
  return wanted.toLowerCase() === tenantId.toLowerCase() ? undefined : 'moving vaults between tenants';
}

function readSettings(properties: Properties): Partial<VaultSettings> {
  const { sku } = properties as { readonly sku?: { readonly name?: unknown } | null };
  const settings = {
    sku: sku ? { family: 'A', name: oneOf(sku, 'name', ['standard', 'premium']) } : undefined,
    enabledForDeployment: boolean(properties, 'enabledForDeployment'),
    enabledForDiskEncryption: boolean(properties, 'enabledForDiskEncryption'),
    enabledForTemplateDeployment: boolean(properties, 'enabledForTemplateDeployment'),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function readDays(days: unknown): number | undefined {
  if (days === undefined) return undefined;
  if (typeof days !== 'number' || days < 7 || days > 90) throw invalid('softDeleteRetentionInDays');
  return days;
}

interface Rule {
  readonly value?: unknown;
}

function readNetwork(acls: unknown): VaultRequest['networkAcls'] {
  if (acls === undefined) return undefined;
  const properties = acls as Properties;
  const rules = (properties['ipRules'] ?? []) as readonly Rule[];
  const ipRules = rules.map(({ value }) => {
    if (typeof value !== 'string') throw invalid('networkAcls.ipRules');
    return value;
  });
  return {
    defaultAction: oneOf(properties, 'defaultAction', ['Allow', 'Deny']) ?? 'Allow',
    bypass: oneOf(properties, 'bypass', ['None', 'AzureServices']) ?? 'AzureServices',
    ipRules,
  };
}

function boolean(properties: Properties, name: string): boolean | undefined {
  const value = properties[name] ?? undefined;
  if (value !== undefined && typeof value !== 'boolean') throw invalid(name);
  return value;
}

function text(properties: Properties, name: string): string | undefined {
  const value = properties[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw invalid(name);
  return value;
}

/** In any letter case; returned as the service spells it. */
function oneOf<const Value extends string>(
  properties: Properties,
  name: string,
  values: readonly Value[],
): Value | undefined {
  const value = text(properties, name);
  const found = values.find((known) => known.toLowerCase() === value?.toLowerCase());
  if (value !== undefined && found === undefined) throw invalid(name);
  return found;
}

function invalid(name: string): ArmRefusal {
  return new ArmRefusal(400, 'BadRequest', `An invalid value was provided for '${name}'.`);
}
