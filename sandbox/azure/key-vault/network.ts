/** A vault's firewall. */
import { BlockList, isIPv4 } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TokenClaims } from '../../contracts.ts';
import type { Vault } from '../state/vaults.ts';
import { vaultErrors } from './refusal.ts';

/** The caller's address as the vault sees it. In the sandbox that is always loopback. */
export function clientAddress(socket: Duplex): string {
  const { remoteAddress } = socket as Duplex & { readonly remoteAddress?: string };
  return (remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}

/** @throws VaultRefusal 403 */
export function requireNetwork(vault: Vault, caller: TokenClaims, address: string): void {
  const { publicNetworkAccess, networkAcls } = vault.spec;
  if (publicNetworkAccess === 'Disabled') throw vaultErrors.byConnection(vault, caller);
  if (networkAcls?.defaultAction !== 'Deny' || isListed(networkAcls.ipRules, address)) return;
  throw vaultErrors.byFirewall(vault, caller, address);
}

/** Rules are IPv4 addresses or ranges in CIDR notation. */
function isListed(rules: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const rule of rules) {
    const [network = '', bits = '32'] = rule.split('/');
    list.addSubnet(network, Number(bits), 'ipv4');
  }
  return isIPv4(address) && list.check(address, 'ipv4');
}
