import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Agent } from 'node:http';
import https from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { tlsOptions } from '../../azure/tls-options.ts';
import { proxyAgent } from '../../azure/way-out.ts';
import { secureContextOptions } from '../../runtime/client-certificate.ts';
import type { Network } from '../../runtime/ports.ts';

/** The API server's address with everything that a request to it needs. */
export interface Endpoint {
  /** `https://name:443/prefix`, without a trailing slash. */
  readonly server: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
  /** Goes with every request: an agent for a proxy forgets what it was made with. */
  readonly tls: ConnectionOptions;
  /** The same, for the client library's exec. */
  readonly config: KubeConfig;
}

/**
 * Takes authentication and trust from the kubeconfig, and the way out from the agent; connections are kept alive. The
 * agent's client certificate is shown only where the kubeconfig has none, whose certificate is who the user is.
 */
export async function openEndpoint(config: KubeConfig, network: Network): Promise<Endpoint> {
  const server = config.getCurrentCluster()?.server ?? '';
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, servername, auth } = options;
  const own = cert === undefined ? secureContextOptions(network.clientCertificate) : { cert, key };
  const rejectUnauthorized = network.acceptsAnyServer === true ? false : options.rejectUnauthorized;
  const tls = definedOnly({ ca, ...own, rejectUnauthorized, servername });
  const proxy = network.proxyFor(server);
  const agent = proxy
    ? proxyAgent(proxy, { toProxy: () => tlsOptions(network), toServer: () => tls })
    : new https.Agent({ keepAlive: true });
  return {
    server,
    host: new URL(server).host,
    headers: { ...stringHeaders(options.headers), ...basicAuthorization(auth) },
    agent,
    tls,
    config: withWayOut(config, { ...tls, agent }),
  };
}

/** The client library makes an agent of its own for every exec, which knows neither the agent's trust nor its certificate. */
function withWayOut(config: KubeConfig, wayOut: https.RequestOptions): KubeConfig {
  const applyToHTTPSOptions = async (options: https.RequestOptions): Promise<void> => {
    await config.applyToHTTPSOptions(options);
    Object.assign(options, wayOut);
  };
  return Object.assign(Object.create(config) as KubeConfig, { applyToHTTPSOptions });
}

function basicAuthorization(userAndPassword: string | null | undefined): Record<string, string> {
  if (userAndPassword === undefined || userAndPassword === null) return {};
  return { Authorization: `Basic ${Buffer.from(userAndPassword).toString('base64')}` };
}

function stringHeaders(headers: https.RequestOptions['headers']): Record<string, string> {
  const entries = Object.entries(headers ?? {}) as [string, unknown][];
  return Object.fromEntries(entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}

function definedOnly(options: Readonly<Record<string, unknown>>): ConnectionOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
