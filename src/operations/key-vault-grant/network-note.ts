import type { Vault } from '../../azure/vault-lookup.ts';
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
