import type { Vault } from '../../azure/vault.ts';
import type { VaultPermissions } from '../../azure/vault-permissions.ts';
import type { RunMode } from '../../engine/events.ts';
import { count } from '../../runtime/text.ts';

/** What the network of the vault asks of the pods, which no grant can give; undefined where it is open to all. */
export function networkNote({ name, network }: Pick<Vault, 'name' | 'network'>): string | undefined {
  const { publicAccess, defaultAllow, ipRules, privateEndpoints } = network;
  const endpoints = privateEndpoints === 0 ? '' : ` (${count(privateEndpoints, 'private endpoint connection')})`;
  if (!publicAccess)
    return `Key vault ${name} is closed to public networks: pods reach it through a private endpoint only${endpoints}.`;
  if (defaultAllow) return undefined;
  const addresses = `${String(ipRules.length)} address ${ipRules.length === 1 ? 'range' : 'ranges'}`;
  return `Key vault ${name} has a firewall (${addresses}): the outbound address or the subnet of the cluster must be among its rules${endpoints}.`;
}

const models = { rbac: 'Azure RBAC', accessPolicy: 'access policies' } as const;

/** What a reader should know of the vault before the plan. */
export function vaultNotes(
  vault: Vault,
  { mode, permissions }: { readonly mode: RunMode; readonly permissions: VaultPermissions },
): readonly string[] {
  const { name, resourceGroup, model } = vault;
  const uses = `Key vault ${name} (resource group ${resourceGroup}) uses ${models[model]}.`;
  if (mode === 'remove') return [uses];
  const network = networkNote(vault);
  return [
    uses,
    ...(network === undefined ? [] : [network]),
    ...(model === 'rbac' && permissions.certificates.length > 0 ? [CERTIFICATES] : []),
  ];
}

/** Source: Microsoft's reference of built-in roles: its dataActions hold secrets/getSecret/action. */
const CERTIFICATES =
  'Key Vault Certificate User also reads secrets, because the private key of a certificate is one: no built-in role reads certificates with their keys alone.';
