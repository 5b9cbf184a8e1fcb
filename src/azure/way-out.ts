import type { ConnectionOptions } from 'node:tls';
import type { Network, ProxyServer } from '../runtime/ports.ts';
import type { EarlyAgent, TlsOptions } from './early-connections.ts';
import { DirectAgent, ProxyAgent } from './early-connections.ts';
import { tlsOptions } from './tls-options.ts';

/**
 * The one way out to Azure, Microsoft Entra and Azure DevOps: the agent's proxy, its certificate authority and client
 * certificate, kept-alive connections.
 */
export interface WayOut {
  /** For `https.request` to this address; it brings proxy and TLS settings with it. */
  agentFor(url: string): EarlyAgent;
  /** Opens connections to the host of this address for requests that are sure to come. */
  openEarly(url: string, connections: number): void;
}

export function wayOut(network: Network): WayOut {
  let options: ConnectionOptions | undefined;
  const tls = (): ConnectionOptions => (options ??= tlsOptions(network));
  const agents = new Map<string, EarlyAgent>();
  const agentFor = (url: string): EarlyAgent => {
    const proxy = network.proxyFor(url);
    const key = proxy?.url ?? '';
    const known = agents.get(key) ?? newAgent(proxy, tls);
    agents.set(key, known);
    return known;
  };
  return {
    agentFor,
    openEarly: (url, connections) => {
      const { hostname, port } = new URL(url);
      for (let opened = 0; opened < connections; opened += 1)
        agentFor(url).openEarly(hostname, port === '' ? 443 : Number(port));
    },
  };
}

function newAgent(proxy: ProxyServer | undefined, tls: TlsOptions): EarlyAgent {
  return proxy ? proxyAgent(proxy, { toProxy: tls, toServer: tls }) : new DirectAgent(tls);
}

/** An agent for `https.request` through a proxy, by CONNECT. `toProxy` counts where the proxy itself is reached by TLS. */
export function proxyAgent(
  { url, username, password }: ProxyServer,
  tls: { readonly toProxy: TlsOptions; readonly toServer: TlsOptions },
): ProxyAgent {
  const credentials = Buffer.from(`${username ?? ''}:${password?.reveal() ?? ''}`).toString('base64');
  const headers: Record<string, string> =
    username === undefined ? {} : { 'Proxy-Authorization': `Basic ${credentials}` };
  return new ProxyAgent(url, headers, tls);
}
