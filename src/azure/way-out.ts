import type { ConnectionOptions, SecureContext } from 'node:tls';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { Network, ProxyServer } from '../runtime/ports.ts';
import type { EarlyAgent, TlsOptions } from './early-connections.ts';
import { DirectAgent, ProxyAgent } from './early-connections.ts';

/**
 * The one way out to Azure, Microsoft Entra and Azure DevOps: the agent's proxy, its certificate authority, kept-alive
 * connections.
 */
export interface WayOut {
  /** For `https.request` to this address; it brings proxy and TLS settings with it. */
  agentFor(url: string): EarlyAgent;
  /** Opens connections to the host of this address for requests that are sure to come. */
  openEarly(url: string, connections: number): void;
}

export function wayOut(network: Network): WayOut {
  const { certificateAuthority } = network;
  let secureContext: SecureContext | undefined;
  const tlsOptions = (): ConnectionOptions => {
    if (certificateAuthority === undefined) return {};
    secureContext ??= trustingAlso(certificateAuthority);
    return { secureContext };
  };
  const agents = new Map<string, EarlyAgent>();
  const agentFor = (url: string): EarlyAgent => {
    const proxy = network.proxyFor(url);
    const key = proxy?.url ?? '';
    const known = agents.get(key) ?? newAgent(proxy, tlsOptions);
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

/**
 * What `ca: [...rootCertificates, more]` means, in a tenth of the time: Node adds to its own authorities, which it holds
 * ready, in place of parsing them all anew. Made once and not for every connection.
 */
function trustingAlso(certificateAuthority: string): SecureContext {
  const trusting = createSecureContext();
  (trusting.context as { addCACert(pem: string): void }).addCACert(certificateAuthority);
  return trusting;
}

function newAgent(proxy: ProxyServer | undefined, tlsOptions: TlsOptions): EarlyAgent {
  if (!proxy) return new DirectAgent(tlsOptions);
  const authorization = proxyAuthorization(proxy);
  const headers: Record<string, string> = authorization === undefined ? {} : { 'Proxy-Authorization': authorization };
  return new ProxyAgent(proxy.url, headers, tlsOptions);
}

function proxyAuthorization({ username, password }: ProxyServer): string | undefined {
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password?.reveal() ?? ''}`).toString('base64')}`;
}

/** Agent.CAInfo comes on top of the public authorities, as it does for the agent itself. */
export function trusted(certificateAuthority: string): string[] {
  return [...rootCertificates, certificateAuthority];
}
