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
  /** Asked for each request: a token may be renewed meanwhile. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  readonly agent: Agent;
  /** Goes with every request: an agent for a proxy forgets what it was made with. */
  readonly tls: ConnectionOptions;
  /** The same, for the client library's exec. */
  readonly config: KubeConfig;
}

/** A token that is valid now. */
export type BearerToken = () => Promise<string>;

/**
 * Takes authentication and trust from the kubeconfig, and the way out from the agent; connections are kept alive. The
 * agent's client certificate is shown only where the kubeconfig has none, whose certificate is who the user is.
 * @param token of a user who signs in with Microsoft Entra
 */
export async function openEndpoint(
  config: KubeConfig,
  { network, token }: { readonly network: Network; readonly token?: BearerToken | undefined },
): Promise<Endpoint> {
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
    headers: async () => ({ ...stringHeaders(options.headers), ...basicAuthorization(auth), ...(await bearer(token)) }),
    agent,
    tls,
    config: withWayOut(config, { ...tls, agent }, token),
  };
}

/** The client library makes an agent of its own for every exec, which knows neither the agent's trust nor its certificate. */
function withWayOut(config: KubeConfig, wayOut: https.RequestOptions, token: BearerToken | undefined): KubeConfig {
  const applyToHTTPSOptions = async (options: https.RequestOptions): Promise<void> => {
    await config.applyToHTTPSOptions(options);
    Object.assign(options, wayOut, { headers: { ...stringHeaders(options.headers), ...(await bearer(token)) } });
  };
  return Object.assign(Object.create(config) as KubeConfig, { applyToHTTPSOptions });
}

async function bearer(token: BearerToken | undefined): Promise<Record<string, string>> {
  return token ? { Authorization: `Bearer ${await token()}` } : {};
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
